// Before all pictures: a server with a day in it, one before its first plan, one in which nothing has been set up, and one
// that has lost its database.
import { keep, signInAll, type State } from "../setup/people";
import { openDay, standStill } from "../setup/global";
import { TestServer } from "../setup/server";

export default async function setup(): Promise<() => Promise<void>> {
  const servers: TestServer[] = [];
  const close = async () => {
    for (const server of servers) await server.close();
  };
  const open = async (server: TestServer): Promise<State> => {
    servers.push(server);
    const people = await signInAll(server.links);
    return { url: server.url, people, account: { name: "", password: "" }, spareLink: "", leaverLink: "", adminKey: "", standStill: "" };
  };
  try {
    const unused = await TestServer.unused();
    keep("unused", unused.folder, await open(unused));
    const dawn = await TestServer.demo(1);
    await dawn.setUp();
    keep("dawn", dawn.folder, await open(dawn));
    if (!process.env.DATABASE_URL) {
      const broken = await TestServer.unused();
      keep("broken", broken.folder, await open(broken));
      await broken.loseDatabase();
    }
    const day = await openDay();
    servers.push(day.server);
    await standStill(day.server, day.state);
    keep("day", day.server.folder, day.state);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}
