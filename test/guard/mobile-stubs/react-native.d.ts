declare module 'react-native' {
  // biome-ignore lint/suspicious/noExplicitAny: so it is typed by React Native itself
  export const NativeModules: Record<string, any>;
  export const Platform: { readonly OS: 'ios' | 'android' | 'web' };
}
