"""The benchmark that counts sockets must be able to see one."""

from benchmarks.egress import Sockets, count_sockets

TRACE = """\
4101 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3
4101 connect(3, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)
4102 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 5
4102 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16) = 0
4103 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = -1 EACCES (Permission denied)
"""


def test_internet_sockets_are_counted_and_others_are_not() -> None:
    assert count_sockets(TRACE.splitlines()) == Sockets(opened=1, refused=1, connects=1)
