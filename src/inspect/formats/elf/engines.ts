/** Libraries that come with a framework: the same in every app that uses it, so they name no back end of this one. */
const ENGINES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^libflutter\.so$/, 'flutter-engine'],
  [/^lib(?:il2cpp|unity)\.so$/, 'unity'],
  [/^lib(?:UE4|Unreal|UnrealEngine)\.so$/, 'unreal-engine'],
  [/^libgodot_android\.so$/, 'godot'],
  [/^libmono(?:sgen|droid|bdwgc)?(?:[-.][\w.+-]{1,60})?\.so$/, 'mono'],
  [/^lib(?:System(?:\.\w{1,40}){0,6}\.Native|xamarin-debug-app-helper)\.so$/, 'dotnet-runtime'],
  [/^lib(?:coreclr|clrjit|clrgc|hostfxr|hostpolicy|mscordaccore|mscordbi|nethost)\.so$/, 'dotnet-runtime'],
  [/^libhermes[\w-]{0,40}\.so$/, 'hermes'],
  [/^libjsc\.so$/, 'javascriptcore'],
  [/^libv8(?:android|jni|executor|-[\w-]{1,20})\.so$/, 'v8'],
  [
    /^lib(?:react_\w{1,60}|reactnative\w{0,40}|rrc_\w{1,40}|fbjni|fb|folly_\w{1,30}|glog|glog_init|yoga)\.so$/,
    'react-native',
  ],
  [
    /^lib(?:jsi|jsinspector|jsijniprofiler|jscexecutor|jscinstance|turbomodulejsijni|mapbufferjni|fabricjni|uimanagerjni|runtimeexecutor)\.so$/,
    'react-native',
  ],
  [/^lib(?:imagepipeline|native-filters|native-imagetranscoder|gifimage|static-webp)\.so$/, 'fresco'],
  [/^libNativeScript\.so$/, 'nativescript'],
  [/^lib(?:c\+\+_shared|gnustl_shared|stlport_shared|omp|clang_rt\.[\w.-]{1,60})\.so$/, 'c++-runtime'],
];

/** @param base last part of the entry's path */
export function engineOf(base: string): string | undefined {
  return ENGINES.find(([pattern]) => pattern.test(base))?.[1];
}
