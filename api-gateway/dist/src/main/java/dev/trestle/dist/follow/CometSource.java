package dev.trestle.dist.follow;

import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.ValidatorSet;

/** What a node of a CometBFT chain says; none of it is trusted. */
interface CometSource {
  /** Height of the last block for which the node has a commit. */
  long latest();

  /** The block's header with a commit for it. */
  SignedHeader signedHeader(long height);

  /** The validators that sign the block at {@code height}. */
  ValidatorSet validators(long height);
}
