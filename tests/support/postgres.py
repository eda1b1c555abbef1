"""A PostgreSQL server of the tests' own: on loopback, in a temporary folder, gone when they end."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path

import psycopg

MISSING = "NO POSTGRESQL: install it with apt-get install postgresql"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version's, or None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).parent if found and (Path(found).parent / "postgres").exists() else None


class Server:
    """A running server; `database` makes an empty database and returns its address."""

    def __init__(self, folder: Path, bin: Path) -> None:
        data = folder / "data"
        self._user = _unprivileged()
        if self._user:
            for each in (folder, *folder.parents):  # a server that isn't root's has to reach its folder
                if not os.stat(each).st_mode & 0o001:
                    os.chmod(each, os.stat(each).st_mode | 0o011)
            shutil.chown(folder, self._user)
        self._run([bin / "initdb", "-D", data, "-U", "refract", "-A", "trust", "-E", "UTF8", "--no-sync"])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [bin / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", folder]
        self.log = (folder / "log").open("w")
        self._process = subprocess.Popen(list(map(str, command)), stdout=self.log, stderr=self.log, user=self._user)
        self._wait()

    def database(self) -> str:
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self._address(name)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is wanted any more
        self._process.wait(600)
        self.log.close()

    def _address(self, name: str) -> str:
        return f"postgresql://refract@127.0.0.1:{self.port}/{name}"

    def _run(self, command: list[object]) -> None:
        subprocess.run(list(map(str, command)), check=True, capture_output=True, user=self._user, timeout=600)

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self._address("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the name of somebody who may, or None where that is us."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
