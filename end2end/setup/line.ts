// The line between a browser and a server: it can be cut, and it can die without a word, as a network does.
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class Line {
  private dead = false;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server, private readonly target: URL) {}

  static async to(target: string): Promise<Line> {
    const server = createServer();
    const line = new Line(server, new URL(target));
    server.on("connection", (near) => line.join(near));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  // From now on no byte goes either way, and nobody is told: connections stay open, and new ones are taken and never answered.
  die(): void {
    this.dead = true;
  }

  // New connections work again; those that were open when the line died stay silent for ever.
  mend(): void {
    this.dead = false;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    const keep = (socket: Socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    };
    keep(near);
    if (this.dead) return;
    const far = connect(Number(this.target.port), this.target.hostname);
    keep(far);
    let silent = false;
    const carry = (from: Socket, to: Socket) => {
      from.on("data", (bytes) => {
        silent ||= this.dead;
        if (!silent) to.write(bytes);
      });
      from.on("close", () => silent || this.dead || to.end());
    };
    carry(near, far);
    carry(far, near);
  }
}
