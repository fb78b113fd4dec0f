"""The internet between the desk and the two services: it loses, delays, doubles and garbles, by the seed."""

from __future__ import annotations

import json
from collections import Counter
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connector.errors import Trouble
from connector.http.transport import HttpRequest, HttpResponse, handed_on
from connector.zendesk.tickets.serialize import OURS
from sandbox.shared.faults import is_write
from sandbox.shared.http import ApiReply, ApiRequest, decoded, encoded
from sandbox.workmarket.access import ClientCompany
from tests.simulation.scheduler import Simulation

TIMEOUT_S = 20.0
HOURS_S = (-3600.0, 3600.0)
# A request that its sender gave up may still land so much later: within the settle time, which is 60 s; a ticket's
# update whenever it likes, for its stamp is old then.
LANDS_S = {"PUT": (0.5, 300.0), "POST": (0.5, 30.0), "DELETE": (0.5, 30.0)}
RETRY_AFTER: tuple[str | None, ...] = ("0", "1", "7", "30", "90", "soon", None, "Mon, 02 Mar 2026 15:00:00 GMT")
GARBAGE: tuple[Any, ...] = ("<html>Bad gateway</html>", b'{"ticket": {"id": 1', b"", b"[]", b"null", {"ok": 1})
READINGS = ("/audits", "/audits.json", "assignments/get", "attachments/list")
NOT_APPLIED, APPLIED, LATE = "not applied", "applied", "late"


class NotSent(Exception):
    """No connection."""


class NoAnswer(Exception):
    """Nothing came back in time; only the network knows what became of it."""


class Cut(Exception):
    """The connection broke before the answer was whole."""


class LossyNetwork:
    """Carries calls to the stand-ins. `retries`: how often a lost write is sent again below the desk (a mutant)."""

    def __init__(self, sim: Simulation, services: dict[str, Any], *, retries: int = 0) -> None:
        self.sim = sim
        self.services = services
        self.companies: list[ClientCompany] = []
        self.calls: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()
        self.clogged_until: dict[str, float] = dict.fromkeys(services, 0.0)
        self.no_writes: dict[str, tuple[float, float]] = {}
        self.unheard: dict[str, str] = {}
        self.changed_nothing: set[str] = set()
        self.wrong: list[str] = []
        self.unexpected: list[str] = []
        self._retries = retries

    def call(self, service: str, method: str, url: str, headers: dict[str, str], body: bytes) -> ApiReply:
        """One call from the running process. Raises NotSent, NoAnswer or Cut."""
        sim, effect = self.sim, _effect_of(body) if method != "GET" else ""
        path = urlsplit(url).path
        if effect.startswith("message ") and path.endswith("attachments/add"):
            effect = effect.replace("message ", "file ")
        what = effect.partition(" ")[0] if effect.startswith(("message ", "file ")) else method
        sim.point(f"wire.{service}.{what}.send")
        self.calls[f"{service} {method}"] += 1
        if effect:
            self._write(effect, path)
        for attempt in range(self._retries + 1):
            try:
                reply = self._once(service, method, url, headers, body)
                break
            except NotSent:
                self.unheard.pop(effect, None)
                raise
            except (NoAnswer, Cut):
                if method == "GET" or attempt == self._retries:
                    raise
        sim.log(service, method, path, reply.status)
        if 400 <= reply.status < 500:
            # It was refused whole, and changed nothing. One that was turned away at the gate the desk counts as no
            # attempt; in one attempt a file is offered in another form where the first is refused.
            self.writes[effect] -= 1
        self._hear(effect, path, url, reply)
        sim.point(f"wire.{service}.{what}.reply")
        return reply

    def _write(self, effect: str, path: str) -> None:
        """An attempt whose outcome was not known has to be read back before there is another one."""
        self.writes[effect] += 1
        if effect in self.unheard:
            self.wrong.append(f"I12: {effect} is sent again though nobody has read what became of it.")
        self.unheard[effect] = path

    def _hear(self, effect: str, path: str, url: str, reply: ApiReply) -> None:
        """A whole answer tells what became of a write, and a whole reading what became of those before it."""
        if reply.status >= 500 or reply.body in GARBAGE:
            return
        if effect:
            self.unheard.pop(effect, None)
        elif (
            path.endswith(("/audits", "/audits.json", "assignments/get", "attachments/list"))
            or "external_id" in url
        ):
            read = path.removesuffix(".json").removesuffix("/audits")
            self.unheard = {one: where for one, where in self.unheard.items() if not _covers(read, url, one, where)}

    def _once(self, service: str, method: str, url: str, headers: dict[str, str], body: bytes) -> ApiReply:
        sim = self.sim
        request = self._request(method, url, headers, body)
        write = is_write(method, request.path)
        kind = "write" if write else "read"
        sim.writing = write
        self.calls["writes"] += write
        if write and self._takes_no_writes(service):
            return self._refuse_to_write()
        if sim.chance("not_sent"):
            raise NotSent
        if not sim.quiet and sim.now_s < self.clogged_until[service]:
            sim.mark("clogged")
            return self._lost(service, request, write and sim.dice.random() < 0.5)
        if sim.chance("too_many"):
            asked = sim.dice.choice(RETRY_AFTER)
            return ApiReply(429, {"error": "TooManyRequests"}, {"Retry-After": asked} if asked is not None else {})
        if sim.chance("lost_request"):
            return self._lost(service, request, arrives=False)
        if write and sim.chance("late"):
            return self._lost(service, request, arrives=True)
        if sim.chance("down_before"):
            return ApiReply(sim.dice.choice((500, 502, 503)), {"error": "Down"})
        if sim.chance("slow"):
            sim.sleep(sim.dice.uniform(1, 15))
        reply = self._answer(service, request)
        sim.mark(f"{service}.{kind}")
        return self._back(reply)

    def _takes_no_writes(self, service: str) -> bool:
        begins, ends = self.no_writes.get(service, (0.0, 0.0))
        return not self.sim.quiet and begins <= self.sim.now_s < ends

    def _refuse_to_write(self) -> ApiReply:
        """It is not carried out, and mostly nobody says so."""
        sim = self.sim
        sim.mark("writes_fail")
        how = sim.apart.choice(("answer", "answer", "page", "silence", "cut"))
        if how == "silence":
            sim.sleep(TIMEOUT_S)
            raise NoAnswer
        if how == "cut":
            raise Cut
        if how == "page":
            return ApiReply(200, GARBAGE[0])
        return ApiReply(sim.apart.choice((500, 502, 503, 504)), {"error": "Down"})

    def _lost(self, service: str, request: ApiRequest, arrives: bool) -> ApiReply:
        sim = self.sim
        if arrives:

            def land() -> None:
                request.at = sim.now()
                self._answer(service, request)

            late = sim.dice.uniform(*LANDS_S[request.method])
            sim.after(TIMEOUT_S + late, land)
            if sim.chance("step", sim.apart):
                # Just while what became of it is not known.
                sim.after(TIMEOUT_S + late * sim.apart.random(), lambda: sim.step(sim.apart.choice(HOURS_S)))
        sim.sleep(TIMEOUT_S)
        raise NoAnswer

    def _back(self, reply: ApiReply) -> ApiReply:
        sim = self.sim
        if sim.chance("lost_reply"):
            sim.sleep(TIMEOUT_S)
            raise NoAnswer
        if sim.chance("cut_reply"):
            raise Cut
        if sim.chance("down_after"):
            return ApiReply(sim.dice.choice((500, 504)), {"error": "Down"})
        if sim.chance("garbage"):
            return ApiReply(200, sim.dice.choice(GARBAGE), reply.headers)
        return reply

    def _request(self, method: str, url: str, headers: dict[str, str], body: bytes) -> ApiRequest:
        parts = urlsplit(url)
        lower = {name.lower(): value for name, value in headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = parts.path.rstrip("/").removesuffix(".json")
        return ApiRequest(method, path, query, body, decoded(body, lower), lower, self.sim.now())

    def _answer(self, service: str, request: ApiRequest) -> ApiReply:
        stand_in = self.services[service]
        if not stand_in.knows(request.method, request.path):
            self.unexpected.append(f"{service} {request.method} {request.path}")
            return ApiReply(404, {})
        answer: ApiReply = stand_in.answer(request)
        effect = _effect_of(request.raw) if request.method == "PUT" and answer.status == 200 else ""
        if effect and _changed_nothing(answer.body, effect):
            self.changed_nothing.add(effect)
        date = format_datetime(request.at, usegmt=True)
        return ApiReply(answer.status, answer.body, {"Date": date, **answer.headers})


def _effect_of(body: bytes) -> str:
    """The id under which the desk knows a ticket's update; messages are known by their reference."""
    if b"Ref+" in body:
        return "message " + body.rsplit(b"Ref+", 1)[1].split(b"%5D", 1)[0].decode()
    if body.startswith(b"--parley-"):
        return "message " + body.split(b"[Ref ", 1)[1].split(b"]", 1)[0].decode()
    if b'"metadata"' not in body:
        return ""
    return str(json.loads(body)["ticket"]["metadata"].get(OURS, ""))


def _changed_nothing(body: Any, effect: str) -> bool:
    """Whether an update was taken and found everything as it asked for: Zendesk keeps no audit of that."""
    audit = body.get("audit") if isinstance(body, dict) else None
    return isinstance(audit, dict) and audit["metadata"].get("custom", {}).get(OURS) != effect


def _covers(read: str, url: str, effect: str, where: str) -> bool:
    """Whether a reading shows what a write did: a message's on its assignment, else a ticket's."""
    if effect.startswith("file "):
        return "attachments/list" in read
    if effect.startswith("message "):
        return "assignments/get" in read
    return where.removesuffix(".json") == read or effect in url


class NetworkTransport:
    """What a connector sends by: its calls to one of the services."""

    def __init__(self, network: LossyNetwork, service: str) -> None:
        self._network = network
        self._service = service

    def send(self, request: HttpRequest) -> HttpResponse | Trouble:
        try:
            reply = self._network.call(
                self._service, request.method, request.url, dict(request.headers), request.whole()
            )
        except NotSent:
            return Trouble("no connection", sent=False, slow=self._service == "zendesk")
        except NoAnswer:
            return Trouble("no answer", sent=True, slow=True)
        except Cut:
            return Trouble("cut", sent=True)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return handed_on(request, HttpResponse(reply.status, headers, encoded(reply.body)))

    def close(self) -> None:
        """Nothing is open."""
