/** What data sets look like in numbers: how much there is, how long, which words, what two have in common. Floor 1. */
package trivium.data.profile;
