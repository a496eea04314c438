/**
 * What people's files hold, whoever wrote them: characters, records and shapes, each oddity counted. Knows no
 * conversation and no comparison; {@code trivium.data} makes those. Floor 1.
 */
package trivium.data.files;
