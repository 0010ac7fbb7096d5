import { runStories } from './run-cases.ts';
import { STORIES_H } from './section-h.ts';

runStories(STORIES_H);
