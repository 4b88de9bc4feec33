"""Figures of composed reports: consistent within a report and from one year of a body to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import TypeAlias

from gouji.records import Number
from gouji.registry import Registry

Figures: TypeAlias = dict[str, Number]

_T3 = "requests.t3."
# Natural persons ask most; a granted request is the rule.
_APPLICANTS = {"natural": 60, "commercial": 12, "legal": 4, "other": 3, "welfare": 1, "research": 1}
_OUTCOMES = {
    "granted": 40,
    "partial": 9,
    "unable.not_held": 22,
    "unable.needs_creation": 4,
    "not_processed.petition": 5,
}
_RARE = 1


class Life:
    """One body over the years: what it carries from one report to the next."""

    def __init__(self, random: Random, registry: Registry) -> None:
        self.random = random
        self.registry = registry
        # A county town, a bureau or a city: an order of magnitude each.
        self.scale = random.choice((6, 25, 120, 700))
        self.carried = dict.fromkeys(_APPLICANTS, 0)
        self.items = {
            name: random.randint(8, 900) for name in ("licensing", "other_services", "penalty", "coercion", "fees")
        }
        self.rate = {name: random.uniform(0.5, 20) for name in ("licensing", "other_services", "penalty", "coercion")}
        self.disclosed = random.randint(20, 120)
        self.in_force = random.randint(20, 150)
        self.offices = random.randint(2, 6)
        self.cases: dict[str, list[Number]] = {}
        self.money = random.uniform(20, 900)

    def year(self, era: str) -> Figures:
        """The figures of the next report, which has the form of `era`."""
        found = self._disclosure()
        if era in ("e1", "e2"):
            found |= self._old_requests() | self._other_than_last_year(self._old_cases)
            found |= self._statistics() if era == "e2" else {}
        else:
            outcomes = self.registry.groups[f"outcomes_{2019 if era == 'e3' else 2021}"]
            found |= self._requests(outcomes) | self._other_than_last_year(self._cases)
            found |= self._form2019() if era == "e3" else self._form2021()
        return found

    def _other_than_last_year(self, draw: Callable[[], Figures]) -> Figures:
        """Two years that agree in every review or every lawsuit would look copied."""
        while True:
            found = draw()
            for kind, last in self.cases.items():
                if any(last) and last == [n for path, n in found.items() if path.startswith(kind)]:
                    break
            else:
                self.cases = {
                    kind: [n for path, n in found.items() if path.startswith(kind)]
                    for kind in ("review.", "litigation.")
                }
                return found

    def _some(self, mean: float) -> int:
        """About `mean`, year by year."""
        return max(0, round(mean * self.random.uniform(0.75, 1.3)))

    def _split(self, total: int, shares: dict[str, int]) -> dict[str, int]:
        """`total` in parts about as large as `shares` say; most small ones are 0."""
        parts = dict.fromkeys(shares, 0)
        if total > 2000:
            whole = sum(shares.values())
            parts = {name: total * share // whole for name, share in shares.items()}
            parts[next(iter(shares))] += total - sum(parts.values())
            return parts
        for name in self.random.choices([*shares], [*shares.values()], k=total):
            parts[name] += 1
        return parts

    def _disclosure(self) -> Figures:
        scale = self.scale
        meetings = self._some(2 + scale / 100) + 1
        sessions = self._some(2 + scale / 120) + 1
        website = self._some(900 + 22 * scale)
        normative = self.random.randint(3, 14)
        channels = {
            "gazette": self._some(20 + scale / 5),
            "website": website,
            "weibo": self._some(300 + 4 * scale),
            "wechat": self._some(400 + 6 * scale),
            "other": self._some(50 + scale),
        }
        found: Figures = {f"disclosure.channel.{name}": n for name, n in channels.items()}
        most = max(channels.values())
        return found | {
            "disclosure.total": most + (sum(channels.values()) - most) // 3 + 7,
            "disclosure.normative_docs.disclosed": normative,
            "disclosure.normative_docs.issued": normative + self.random.randint(0, 6),
            "training.meetings": meetings,
            "training.sessions": sessions,
            "training.people": sessions * self.random.randint(23, 71) + 3,
        }

    def _old_requests(self) -> Figures:
        received = self._some(self.scale * 2) + 1
        by = self._split
        completed = received - self.random.randint(0, received // 20)
        # The form has no row for what is carried over; the next one has.
        self.carried["natural"] = received - completed
        on_time = completed - self.random.randint(0, completed // 12)
        replies = by(
            completed,
            {
                "granted": 40,
                "already_public": 20,
                "partially_granted": 6,
                "refused.total": 9,
                "not_this_agency": 10,
                "not_exist": 8,
                "amend_required": 3,
                "other_channel": 2,
            },
        )
        grounds = by(
            replies["refused.total"],
            {
                "not_gov_info": 9,
                "other_legal": 5,
                "privacy": 4,
                "trade_secret": 2,
                "state_secret": 1,
                "security_stability": 1,
            },
        )
        channels = by(received, {"online": 50, "in_person": 25, "mail": 15, "fax": 2})
        return {
            "requests.received.total": received,
            **{f"requests.received.{name}": n for name, n in channels.items()},
            "requests.completed.total": completed,
            "requests.completed.on_time": on_time,
            "requests.completed.extended": completed - on_time,
            "requests.replies.total": completed,
            **{f"requests.replies.{name}": n for name, n in replies.items()},
            **{f"requests.replies.refused.{name}": n for name, n in grounds.items()},
        }

    def _old_cases(self) -> Figures:
        found: Figures = {}
        for kind in ("review", "litigation"):
            total = self._some(self.scale / 12)
            found |= {f"{kind}.total": total}
            found |= {
                f"{kind}.{name}": n for name, n in self._split(total, {"upheld": 8, "other": 3, "corrected": 1}).items()
            }
        return found

    def _statistics(self) -> Figures:
        some = self._some
        press, interviews = some(4 + self.scale / 90) + 1, some(3 + self.scale / 150) + 1
        weibo, other = some(6 + self.scale / 30), some(3 + self.scale / 60)
        full, part = some(7 + self.scale / 12) + 1, some(20 + self.scale / 4) + 5
        hot = max(weibo, other) + self.random.randint(0, press)
        return {
            "response.hot_topics": hot,
            "response.press_conferences.total": press,
            "response.press_conferences.by_principal": self.random.randint(0, press),
            "response.web_interviews.total": interviews,
            "response.web_interviews.by_principal": self.random.randint(0, interviews),
            "response.policy_interpretations": some(20 + self.scale / 8),
            "response.weibo_wechat": weibo,
            "response.other": other,
            "complaints.total": some(self.scale / 60),
            "fees.request_fees": 0,
            "capacity.offices": self.offices,
            "capacity.reading_points": some(6 + self.scale / 15) + 1,
            "capacity.staff.total": full + part,
            "capacity.staff.full_time": full,
            "capacity.staff.part_time": part,
            "capacity.special_fund": Decimal(self._some(self.money * 4)) / 10 + Decimal("0.5"),
        }

    def _requests(self, outcomes: Sequence[str]) -> Figures:
        found: Figures = {}
        # What only happens together with a fee is left at 0.
        shares = {name: _OUTCOMES.get(name, _RARE) for name in outcomes if not name.endswith("fee_unpaid")}
        new = self._split(self._some(self.scale * 2) + 1, _APPLICANTS)
        rows = ("new", "carried_in", *(f"outcome.{name}" for name in outcomes), "outcome.total", "carried_out")
        for column in self.registry.groups["applicants"]:
            inflow = new[column] + self.carried[column]
            out = self.random.randint(0, inflow // 12) if inflow < 6 else self.random.randint(0, 1 + inflow // 15)
            done = self._split(inflow - out, shares)
            cells = {
                "new": new[column],
                "carried_in": self.carried[column],
                "outcome.total": inflow - out,
                "carried_out": out,
            }
            cells |= {f"outcome.{name}": done.get(name, 0) for name in outcomes}
            found |= {f"{_T3}{row}.{column}": cells[row] for row in rows}
            self.carried[column] = out
        for row in rows:
            found[f"{_T3}{row}.total"] = sum(
                found[f"{_T3}{row}.{column}"] for column in self.registry.groups["applicants"]
            )
        for group in ("denied", "unable", "not_processed", "other"):
            parts = [name for name in outcomes if name.startswith(f"{group}.")]
            found[f"{_T3}outcome.{group}.subtotal.total"] = sum(found[f"{_T3}outcome.{name}.total"] for name in parts)
        return found

    def _cases(self) -> Figures:
        found: Figures = {}
        results = self.registry.groups["case_results"]
        shares = dict.fromkeys(results, 2) | {"upheld": 8}
        reviews = self._split(self._some(self.scale / 10), shares)
        concluded = sum(reviews.values()) - reviews["pending"]
        for suit, total in (("direct", 0), ("after_review", self.random.randint(0, concluded))):
            parts = self._split(total, shares)
            found |= {f"litigation.{suit}.{name}": n for name, n in parts.items()} | {f"litigation.{suit}.total": total}
        found |= {f"review.{name}": n for name, n in reviews.items()} | {"review.total": sum(reviews.values())}
        return found

    def _decisions(self, powers: dict[str, str]) -> Figures:
        return {
            f"disclosure.{path}.decisions": self._some(self.rate[name] * self.scale + 30)
            for name, path in powers.items()
        }

    def _form2019(self) -> Figures:
        found = self._decisions(
            {
                "licensing": "art20_5.licensing",
                "other_services": "art20_5.other_services",
                "penalty": "art20_6.penalty",
                "coercion": "art20_6.coercion",
            }
        )
        for name, article in (("licensing", 5), ("other_services", 5), ("penalty", 6), ("coercion", 6), ("fees", 8)):
            change = self.random.randint(-3, 4)
            path = f"disclosure.art20_{article}.{name}"
            found |= {f"{path}.prev_items": self.items[name], f"{path}.items_change": change}
            self.items[name] += change
        made = self.random.randint(2, 15)
        newly = self.random.randint(1, made)
        self.disclosed += newly
        kinds = (("normative_docs", (made, newly, self.disclosed)), ("regulations", (0, 0, 0)))
        for kind, values in kinds:
            names = ("made", "newly_disclosed", "total_disclosed")
            found |= {f"disclosure.art20_1.{kind}.{name}": n for name, n in zip(names, values, strict=True)}
        projects = self._some(20 + self.scale / 4) + 1
        amount = Decimal(projects * self.random.randint(80_000, 900_000)) + Decimal(self.random.randint(1, 99)) / 100
        procured = "disclosure.art20_9.procurement"
        return found | {f"{procured}.projects": projects, f"{procured}.amount": amount}

    def _form2021(self) -> Figures:
        found = self._decisions(
            {"licensing": "art20_5.licensing", "penalty": "art20_6.penalty", "coercion": "art20_6.coercion"}
        )
        made, repealed = self.random.randint(1, 15), self.random.randint(0, 5)
        self.in_force += made - repealed
        for kind, values in (("normative_docs", (made, repealed, self.in_force)), ("regulations", (0, 0, 0))):
            found |= {
                f"disclosure.art20_1.{kind}.{name}": n
                for name, n in zip(("made", "repealed", "in_force"), values, strict=True)
            }
        notices = self.random.randint(0, 3)
        asked = sum(self.random.randint(10, 30) * 10 for _ in range(notices))
        return found | {
            "disclosure.art20_8.fees.amount": Decimal(self._some(self.money * 100)) / 100 + 1,
            "fees.processing.notices": notices,
            "fees.processing.notified_amount": asked,
            "fees.processing.collected": asked,
        }
