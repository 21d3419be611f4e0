// Before all walks: a house with a day that goes on. For the first walk that is not about movement it stands still. After all
// walks its tables must be what has happened there, and nothing of it may be left.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { keep, signInAll, type State } from "./people";
import { until } from "./processes";
import { House } from "./world";

const FACTOR = 30;
const TROUBLES = 6;
const TROUBLE_WITHIN_MS = 300_000;
const PASSWORD = "a long enough phrase";

export default async function setup(): Promise<() => Promise<void>> {
  const { house, state } = await openDay();
  const switchboard = await openSwitch(() => standStill(house, state));
  keep("walks", house.folder, { ...state, standStill: `http://127.0.0.1:${(switchboard.address() as AddressInfo).port}` });
  return async () => {
    switchboard.close();
    try {
      house.erase(await attempted(house, state));
      house.checkHistory();
    } finally {
      await house.close();
    }
  };
}

// The references of orders that somebody has tried to deliver.
async function attempted(house: House, { people }: State): Promise<string[]> {
  const cookie = cookieOf(people.dispatcher);
  const page = await (await fetch(`${house.url}/figures?rows=on_time`, { headers: { cookie } })).text();
  return [...new Set(page.match(/\b[A-Z]{3}-\d+\b/g))];
}

function cookieOf(person: State["people"]["dispatcher"]): string {
  return person?.cookies.map(({ name, value }) => `${name}=${value}`).join("; ") ?? "";
}

// A house in which vans drive.
export async function openDay(): Promise<{ house: House; state: State }> {
  const house = await House.demo(FACTOR);
  try {
    const second = house.addPerson("second dispatcher", "dispatcher");
    const spareLink = house.addPerson("newcomer", "agent");
    const leaverLink = house.addPerson("leaver", "dispatcher");
    const account = { name: "walker", password: PASSWORD };
    house.addPerson(account.name, "dispatcher", PASSWORD);
    const people = await signInAll({ ...house.links, "second dispatcher": second });
    await house.begin();
    return { house, state: { url: house.url, people, account, spareLink, leaverLink, adminKey: house.adminKey, standStill: "" } };
  } catch (error) {
    await house.close();
    throw error;
  }
}

// Lets the day go on until something has gone wrong, and then stand still: what a walk finds is there when it acts.
export async function standStill(house: House, { people }: State): Promise<void> {
  const cookie = cookieOf(people.dispatcher);
  const queue = async () => {
    const page = await (await fetch(`${house.url}/exceptions`, { headers: { cookie } })).text();
    return [...page.matchAll(/data-row="([0-9a-f-]+)"/g)].map(([, row]) => row).join();
  };
  const troubled = async () => (await queue()).split(",").length > TROUBLES;
  if (!(await until(troubled, TROUBLE_WITHIN_MS))) throw new Error("the day brought no exceptions to walk through");
  await house.standStill();
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
