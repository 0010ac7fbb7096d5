import { runStories } from './run-cases.ts';
import { STORIES_F } from './section-f.ts';

runStories(STORIES_F);
