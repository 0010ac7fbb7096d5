/** Made-up characters of which the examples of rules are put together, so that no file holds the form of a whole key. */
export const A35 = 'Sy0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV';
export const HEX32 = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
export const B40 = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n';
export const LOWER26 = 'abcdefghjkmnpqrstuvwxyz234';
export const UUID = '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';
