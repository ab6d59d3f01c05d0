package dev.trestle.dist.follow;

import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.cli.CliException;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.EthereumAnchor;
import dev.trestle.lightclient.ethereum.EthereumFamily;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import java.util.Optional;

/**
 * A proof-of-stake chain by its sync committees: each period's update, then what becomes final.
 * Every header between two final ones is asked for by its root and hashed, or left out
 * ("skipping"). Heights are those of execution blocks.
 */
final class BeaconFollow implements Follow {
  /** Work of one message: a signature, the keys of a committee of 512, and the hashing. */
  static final long WORK = 1_000_000;

  static final String REJECTED = "header-rejected";

  private final BeaconSource source;
  private final BeaconNetwork network;
  private final TimeSource time;
  private final boolean skipping;
  private final ClientMemory memory;
  private BeaconBlockHeader finalized;

  /** The first period whose update has not been taken. */
  private long nextPeriod;

  /** What has been taken: the node says it again until there is another. */
  private Optional<BeaconSource.Served> lastFinality = Optional.empty();

  private long verified;
  private long best;

  /**
   * @param skipping to leave out the headers between final ones
   * @throws CliException {@code anchor-rejected} with the client's code
   */
  BeaconFollow(BeaconSource source, EthereumAnchor anchor, boolean skipping, TimeSource time) {
    this.source = source;
    this.network = anchor.settings().network();
    this.time = time;
    this.skipping = skipping;
    this.memory = new ClientMemory(new EthereumFamily().client(), anchor.encode(), WORK, time);
    this.finalized =
        LightClientBootstrap.decode(anchor.bootstrap(), anchor.container(), network.preset())
            .header()
            .beacon();
    this.nextPeriod = period(finalized);
    this.best = memory.head().height();
  }

  /** The client, for messages beside those that it is given here. */
  ClientMemory memory() {
    return memory;
  }

  @Override
  public boolean step() {
    boolean progress = false;
    long current = network.preset().periodAt(network.slotAt(time.nowSeconds()));
    while (nextPeriod < current) {
      Optional<BeaconSource.Served> update = source.update(nextPeriod);
      if (update.isEmpty()) {
        break;
      }
      progress |= take(update.get());
      nextPeriod++;
    }
    Optional<BeaconSource.Served> finality = source.finality();
    if (finality.isPresent() && !finality.equals(lastFinality)) {
      progress |= take(finality.get());
      lastFinality = finality;
    }
    return progress;
  }

  /** Whether the message told something new. */
  private boolean take(BeaconSource.Served served) {
    LightClientUpdate update = served.update();
    update
        .finalized()
        .execution(network)
        .flatMap(block -> block.payload())
        .ifPresent(payload -> best = Math.max(best, payload.blockNumber()));
    Verdict<VerifiedUpdate> verdict = memory.verify(served.message().encode());
    if (verdict instanceof Verdict.Ignored<VerifiedUpdate>) {
      return false;
    }
    VerifiedUpdate accepted = ClientMemory.accepted(REJECTED, verdict);
    BeaconBlockHeader now = update.finalized().beacon();
    if (Long.compareUnsigned(now.slot(), finalized.slot()) > 0) {
      long between = skipping ? 0 : BeaconPath.between(finalized, now, source::header);
      memory.apply(accepted);
      finalized = now;
      verified += between + 1;
    } else {
      memory.apply(accepted);
    }
    return true;
  }

  private long period(BeaconBlockHeader header) {
    return network.preset().periodAt(header.slot());
  }

  @Override
  public HeaderRef head() {
    return memory.head();
  }

  @Override
  public String id() {
    return "0x" + head().id().toHex();
  }

  /** Beacon block headers that are final and verified, by signature or as an ancestor. */
  @Override
  public long verified() {
    return verified;
  }

  @Override
  public Optional<Long> finalized() {
    return Optional.of(head().height());
  }

  @Override
  public long best() {
    return best;
  }
}
