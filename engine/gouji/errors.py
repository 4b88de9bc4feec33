"""What stops gouji from going on: an input that cannot be read, a pack that cannot be used.

Findings about a report are values (`gouji.findings`); exceptions are for what keeps *us* from working.

Where words stand: what is said of the *content of reports* is data (the messages of rules in `rules/`, remarks and
the interface in `rules/messages.yaml`), and so is every word of a command. What is wrong with a *file or a pack* is said in
code, where it is found: it must be told when the data themselves cannot be loaded.
"""

from __future__ import annotations

from gouji.values import Struct


class Message(Struct):
    """One sentence in both languages of the interface."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """The sentence in `lang` ("zh" or "en")."""
        return self.en if lang == "en" else self.zh


class GoujiError(Exception):
    """Base of every error that gouji raises on purpose.

    `code` is a stable word for programs, `problem` says what is wrong and where, `remedy` what to do.
    """

    def __init__(self, source: str, code: str, problem: Message, remedy: Message) -> None:
        super().__init__(f"{source}: {problem.en}")
        self.source = source
        self.code = code
        self.problem = problem
        self.remedy = remedy


class ReadError(GoujiError, OSError):
    """An input that cannot be read or is no report (contract: exit status 2)."""


class PackError(GoujiError, ValueError):
    """A grammar or rule file that cannot be used; `source` is `file:line:column`."""
