import type { z } from 'zod';

/** What is wrong with a value that people wrote, in words that follow its name; a schema's own words come first. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues.map(issueText).join('; ');
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.message === 'Invalid input')
    return [...new Set(issue.errors.flat().map(issueText))].join(', or ');
  // Zod has a message alone for what is not there.
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
  return issue.message;
}
