/** Chroma and Milvus: two vector databases under one entry of the catalogue. */
import type { ProbeService } from '../../service.ts';
import { chroma } from './chroma.ts';
import { milvus } from './milvus.ts';

export const chromaMilvus: readonly ProbeService[] = [chroma, milvus];
