package trivium.align;

import trivium.train.Setting;

/**
 * A reward that is a rule with settings: a record, which stands in the run's card with its components and is read back
 * from there, so that such a run is trained again without the rule being handed over. {@link Rewards} has those that
 * people reach for; your own is named in {@code META-INF/services/trivium.align.RewardRule} and needs a public
 * constructor without arguments beside its own.
 */
public interface RewardRule extends Reward, Setting {}
