"""Why the operating system refuses a file, in both languages: it gives a number, and words in one language only.

Said in code, because it must be told when the data themselves cannot be loaded.
"""

from __future__ import annotations

import errno
import os

from gouji.errors import Message, ReadError

_CHINESE = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许这样操作",
    errno.EROFS: "所在磁盘只读",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EFBIG: "文件过大",
    errno.EIO: "磁盘读写出错",
    errno.EBUSY: "正被占用",
    errno.ELOOP: "符号链接循环或层数过多",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
    errno.ENOMEM: "内存不足",
    errno.EINVAL: "路径或操作无效",
    errno.EXDEV: "不能移到另一个磁盘",
    errno.ETIMEDOUT: "等待超时",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.EHOSTUNREACH: "无法连到主机",
}
"""What happens to people; of the rest the name and the number are told."""
if hasattr(errno, "EDQUOT"):  # not on Windows
    _CHINESE[errno.EDQUOT] = "磁盘配额已用完"


def reason(error: BaseException) -> Message:
    """Why something was refused; what is no refusal of the system is told in its own words."""
    number = error.errno if isinstance(error, OSError) else None
    if not isinstance(error, OSError) or number is None:
        return Message(str(error), str(error))
    known = _CHINESE.get(number, f"系统错误 {errno.errorcode.get(number, '')}（{number}）")
    return Message(known, error.strerror or os.strerror(number))


def unreadable(source: str, error: BaseException) -> ReadError:
    """An input that the system, or what packs it, does not give."""
    why = reason(error)
    return ReadError(
        source,
        "unreadable",
        Message(f"无法读取：{why.zh}", f"cannot be read: {why.en}"),
        Message("请检查路径和权限", "check the path and its permissions"),
    )
