import type { Sql } from './sql.ts';

export type SettingQueries = ReturnType<typeof createSettingQueries>;

/** Small things the gateway must remember, by name. */
export function createSettingQueries({ db }: Sql) {
  const byName = (name: string) => db.selectFrom('settings').select('value').where('name', '=', name);
  return {
    async find(name: string): Promise<string | undefined> {
      return (await byName(name).executeTakeFirst())?.value;
    },

    /** Stores the value unless the name has one already; gives the value it then has. */
    async keep(name: string, value: string): Promise<string> {
      await db
        .insertInto('settings')
        .values({ name, value })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await byName(name).executeTakeFirstOrThrow()).value;
    },
  };
}
