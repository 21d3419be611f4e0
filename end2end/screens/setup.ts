// Before all pictures: a house with a day in it, and one in which nothing has been set up.
import { keep, signInAll } from "../house/people";
import { openDay } from "../house/setup";
import { House } from "../house/world";

export default async function setup(): Promise<() => Promise<void>> {
  const unused = await House.unused();
  try {
    const people = await signInAll(unused.links);
    const day = await openDay();
    keep("day", day.house.folder, day.state);
    keep("unused", unused.folder, { ...day.state, url: unused.url, people });
    return async () => {
      await day.house.close();
      await unused.close();
    };
  } catch (error) {
    await unused.close();
    throw error;
  }
}
