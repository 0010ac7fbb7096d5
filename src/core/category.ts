/** The categories of personal data that the mission names. `id` is stable; `title` is for people. */
export const CATEGORIES = {
  credentials: 'account credentials',
  location: 'locations',
  travel: 'travel details',
  payment: 'payment details',
  email: 'e-mail addresses',
  phone: 'phone numbers',
  identity: 'identity',
  orders: 'retail and order records',
  health: 'health records',
  device: 'device identifiers',
} as const;
/** One of the table. */
export type MissionCategory = keyof typeof CATEGORIES;
/** One that postern.yaml declares. */
export type OwnCategory = `own:${string}`;
export type Category = MissionCategory | OwnCategory;

/** What people read; a category of one's own is called by its id. */
export function categoryTitle(category: Category): string {
  return category.startsWith('own:') ? category.slice(4).replace(/-/g, ' ') : CATEGORIES[category as MissionCategory];
}
