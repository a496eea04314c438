/** Pages on runs, and completions side by side: what a page tells, and how HTML and Markdown say it. Floor 7. */
package trivium.report;
