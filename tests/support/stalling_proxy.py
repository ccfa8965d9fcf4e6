"""A proxy between a Kafka client and the nodes of a cluster, of which the network can stall and be cut.

Stalled, it takes whatever the client sends and holds it, in each connection from the first request on
that is more than a new one begins with: so a client whose request timed out comes again, and what it
tries again is held too. What was sent stays sent, though the client has long closed its end: when it is
let go all of it arrives, in each connection's own order. Muted, it holds the answers instead: what is
asked for is done, and nobody hears of it. Cut, it has no connection and takes none.
"""

import asyncio
import struct
import threading

PRODUCE, METADATA, API_VERSIONS = 0, 3, 18
BEGINNING = (METADATA, API_VERSIONS)


class Connection:
    def __init__(self, proxy, node, client, broker):
        self.proxy, self.node = proxy, node
        (self.from_client, self.to_client), (self.from_broker, self.to_broker) = client, broker
        self.requests = asyncio.Queue()
        self.is_muted = False
        self.held = 0  # Produce requests that came while it was stalled

    async def serve(self):
        passing = [asyncio.create_task(one)
                   for one in (self.take_requests(), self.pass_requests(), self.pass_answers())]
        await asyncio.wait(passing, return_when=asyncio.ALL_COMPLETED)

    def close(self):
        for writer in (self.to_client, self.to_broker):
            writer.transport.abort()

    async def take_requests(self):
        try:
            while True:
                size = await self.from_client.readexactly(4)
                request = await self.from_client.readexactly(*struct.unpack(">i", size))
                [what] = struct.unpack(">h", request[:2])
                if self.proxy.state == "stalled" and what == PRODUCE:
                    self.held += 1
                self.requests.put_nowait((what, size + request))
        except (asyncio.IncompleteReadError, OSError):
            self.requests.put_nowait((None, b""))

    async def pass_requests(self):
        try:
            while True:
                what, request = await self.requests.get()
                if what not in BEGINNING:
                    await self.proxy.until(lambda: self.proxy.state != "stalled")
                    self.is_muted = self.is_muted or self.proxy.state == "muted"
                if what is None:
                    break
                self.to_broker.write(request)
                await self.to_broker.drain()
        except OSError:
            pass
        self.to_broker.close()

    async def pass_answers(self):
        try:
            while answers := await self.from_broker.read(65_536):
                await self.proxy.until(lambda: not self.is_muted or self.proxy.state != "muted")
                self.to_client.write(answers)
                await self.to_client.drain()
        except OSError:
            pass
        self.to_client.close()


class Proxy:
    """Listens at `ports`, one a node; lead() says at which ports those nodes are."""

    def __init__(self, nodes):
        self.state, self.connections, self.behind = "flows", [], {}
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.ports = self.call(self.listen(nodes))

    def lead(self, node, port):
        self.behind[node] = port

    def stall(self):
        self.call(self.become("stalled"))

    def mute(self):
        self.call(self.become("muted"))

    def cut(self):
        self.call(self.become("cut"))

    def let_go(self):
        """Flows again; what was held arrives."""
        self.call(self.become("flows"))

    def held(self):
        """Of each connection with Produce requests that came since it was stalled: to which node, how
        many, and whether its client has closed it by now."""
        return [(one.node, one.held, one.from_client.at_eof())
                for one in self.connections if one.held]

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    async def listen(self, nodes):
        self.changed = asyncio.Condition()
        self.servers = [await asyncio.start_server(lambda *client, node=node: self.serve(node, client),
                                                   "127.0.0.1", 0) for node in range(1, nodes + 1)]
        return [server.sockets[0].getsockname()[1] for server in self.servers]

    async def until(self, is_so):
        async with self.changed:
            await self.changed.wait_for(is_so)

    async def become(self, state):
        async with self.changed:
            self.state = state
            self.changed.notify_all()
        for connection in self.connections:
            if state == "cut":
                connection.close()
            if state == "stalled":
                connection.held = 0

    async def serve(self, node, client):
        try:
            assert self.state != "cut"
            broker = await asyncio.open_connection("127.0.0.1", self.behind[node])
        except (OSError, AssertionError):
            return client[1].transport.abort()
        connection = Connection(self, node, client, broker)
        self.connections.append(connection)
        await connection.serve()
        self.connections.remove(connection)
