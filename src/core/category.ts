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
export type Category = keyof typeof CATEGORIES;
