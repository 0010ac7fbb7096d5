/** First four bytes of what .NET for Android packs its assemblies into, as little-endian numbers. */

/** `XALZ`: one assembly, an LZ4 block. */
export const XALZ = 0x5a4c4158;
/** `XAZS`: one assembly, a Zstandard frame. */
export const XAZS = 0x535a4158;
/** `XABA`: a store of assemblies. */
export const XABA = 0x41424158;
/** An executable of DOS and Windows, in the first two bytes: `MZ`. */
export const MZ = 0x5a4d;
