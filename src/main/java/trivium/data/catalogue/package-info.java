/** Well-known small data sets on the web, fetched once into the user's cache. Floor 1. */
package trivium.data.catalogue;
