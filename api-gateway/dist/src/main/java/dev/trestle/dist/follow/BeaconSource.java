package dev.trestle.dist.follow;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import dev.trestle.lightclient.ethereum.EthereumMessage;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import java.util.Optional;

/** What a beacon node says, not verified. */
interface BeaconSource {
  /**
   * An object of its light-client API.
   *
   * @param message its SSZ, as the client takes it
   */
  record Served(LightClientUpdate update, EthereumMessage message) {}

  /** The newest finality update; empty while the node has none. */
  Optional<Served> finality();

  /** The best update of a sync-committee period; empty if the node has none. */
  Optional<Served> update(long period);

  /** The header of the block with this root, as the node gives it: the root is not checked. */
  BeaconBlockHeader header(Hash32 root);
}
