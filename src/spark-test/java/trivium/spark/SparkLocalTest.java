package trivium.spark;

import trivium.sweep.Site;
import trivium.sweep.SiteContract;

/** The contract, with Spark in this JVM. */
class SparkLocalTest extends SiteContract {

    @Override
    protected Site site(int trials) {
        return Spark.master("local[" + trials + "]");
    }
}
