import { runStories } from './run-cases.ts';
import { STORIES_J } from './section-j.ts';

runStories(STORIES_J);
