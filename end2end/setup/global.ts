// Before all walks: a server with a day that goes on. For the first walk that is not about movement it stands still. After all
// walks its tables must be what has happened there, and nothing of it may be left.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { keep, signInAll, type State } from "./people";
import { until } from "./processes";
import { TestServer } from "./server";

const FACTOR = 30;
const TROUBLES = 6;
const TROUBLE_WITHIN_MS = 300_000;
const PASSWORD = "a long enough phrase";

export default async function setup(): Promise<() => Promise<void>> {
  const { server, state } = await openDay();
  const switchboard = await openSwitch(() => standStill(server, state));
  keep("walks", server.folder, { ...state, standStill: `http://127.0.0.1:${(switchboard.address() as AddressInfo).port}` });
  return async () => {
    switchboard.close();
    try {
      server.erase(await attempted(server, state));
      server.checkHistory();
    } finally {
      await server.close();
    }
  };
}

// The references of orders that somebody has tried to deliver.
async function attempted(server: TestServer, { people }: State): Promise<string[]> {
  const cookie = cookieOf(people.dispatcher);
  const page = await (await fetch(`${server.url}/figures?rows=on_time`, { headers: { cookie } })).text();
  return [...new Set(page.match(/\b[A-Z]{3}-\d+\b/g))];
}

function cookieOf(person: State["people"]["dispatcher"]): string {
  return person?.cookies.map(({ name, value }) => `${name}=${value}`).join("; ") ?? "";
}

// A server in which vans drive.
export async function openDay(): Promise<{ server: TestServer; state: State }> {
  const server = await TestServer.demo(FACTOR);
  try {
    const second = server.addPerson("second dispatcher", "dispatcher");
    const spareLink = server.addPerson("newcomer", "agent");
    const leaverLink = server.addPerson("leaver", "dispatcher");
    const account = { name: "walker", password: PASSWORD };
    server.addPerson(account.name, "dispatcher", PASSWORD);
    const people = await signInAll({ ...server.links, "second dispatcher": second });
    await server.begin();
    return { server, state: { url: server.url, people, account, spareLink, leaverLink, adminKey: server.adminKey, standStill: "" } };
  } catch (error) {
    await server.close();
    throw error;
  }
}

// Lets the day go on until something has gone wrong, and then stand still: what a walk finds is there when it acts.
export async function standStill(server: TestServer, { people }: State): Promise<void> {
  const cookie = cookieOf(people.dispatcher);
  const queue = async () => {
    const page = await (await fetch(`${server.url}/exceptions`, { headers: { cookie } })).text();
    return [...page.matchAll(/data-row="([0-9a-f-]+)"/g)].map(([, row]) => row).join();
  };
  const troubled = async () => (await queue()).split(",").length > TROUBLES;
  if (!(await until(troubled, TROUBLE_WITHIN_MS))) throw new Error("the day brought no exceptions to walk through");
  await server.standStill();
}

// The walks run in processes of their own and ask for the day to stand still from there; it is stopped once.
function openSwitch(stop: () => Promise<void>): Promise<Server> {
  let stopped: Promise<void> | undefined;
  const server = createServer((request, response) => {
    const answer = (status: number, text: string) => response.writeHead(status).end(text);
    if (request.method !== "POST") return answer(200, stopped ? "stands" : "goes on");
    stopped ??= stop();
    return stopped.then(() => answer(200, "stands"), (error: unknown) => answer(500, String(error)));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
