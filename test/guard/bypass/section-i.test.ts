import { runStories } from './run-cases.ts';
import { STORIES_I } from './section-i.ts';

runStories(STORIES_I);
