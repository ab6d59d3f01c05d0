package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinLightClient;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import dev.trestle.lightclient.bitcoin.sync.HeaderSync;
import dev.trestle.lightclient.vectors.Outcome;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A light client with its state in memory, fed through its public interface, and beside it the fast
 * one: what the two do not agree on is a mismatch.
 */
final class FollowedChain {
  /** No header is from the future by it. */
  static final long NO_CLOCK = 0xffff_ffffL;

  private static final int BATCH = 2_000;

  /** Bytes of the count before the headers of a message. */
  private static final int COUNT = 4;

  private static final long UNITS = 1L << 40;

  private final BitcoinLightClient client;
  private final TreeMap<Bytes, Bytes> state = new TreeMap<>();
  private final HeaderSync fast;

  private FollowedChain(ChainParameters parameters, HeaderSync fast) {
    this.fast = fast;
    this.client =
        new BitcoinLightClient(
            id -> id.equals(parameters.id()) ? Optional.of(parameters) : Optional.empty());
  }

  static FollowedChain atGenesis(ChainParameters parameters) {
    FollowedChain chain =
        new FollowedChain(
            parameters, HeaderSync.fromGenesis(parameters, ClientSettings.DEFAULT_MAX_REORG_DEPTH));
    Bytes anchor = new AnchorBuilder(parameters, ClientSettings.of(parameters)).genesis().encode();
    chain.write(chain.client.initialize(anchor, new Budget(UNITS)).orThrow());
    return chain;
  }

  /** Trusts {@code first} as it is. */
  static FollowedChain at(ChainParameters parameters, StoredHeader first) {
    FollowedChain chain =
        new FollowedChain(
            parameters,
            new HeaderSync(
                parameters, first, ClientSettings.DEFAULT_MAX_REORG_DEPTH, Integer.MAX_VALUE));
    chain.write(BitcoinLightClient.trusting(ClientSettings.of(parameters), first));
    return chain;
  }

  private void write(ClientDelta delta) {
    delta
        .writes()
        .forEach(
            (key, value) ->
                value.ifPresentOrElse(bytes -> state.put(key, bytes), () -> state.remove(key)));
  }

  private ClientView view() {
    return key -> Optional.ofNullable(state.get(key));
  }

  /** Verifies and applies; stops at the first message that is not accepted. */
  Outcome feed(List<BlockHeader> headers, long nowSeconds) {
    for (int from = 0; from < headers.size(); from += BATCH) {
      List<BlockHeader> batch = headers.subList(from, Math.min(headers.size(), from + BATCH));
      Bytes message = client.encodeUpdate(batch.stream().map(BlockHeader::raw).toList());
      Verdict<VerifiedUpdate> verdict =
          client.verify(view(), message, new Budget(UNITS), nowSeconds);
      Outcome fromFast = Outcome.of(fast.add(message.slice(COUNT, message.size()), nowSeconds));
      Outcome outcome = Outcome.of(verdict);
      boolean nothingNew = outcome.code().equals(RejectionCode.NOTHING_NEW.code());
      if (!nothingNew && !fromFast.code().equals(outcome.code())) {
        return Outcome.rejected(
            RejectionCode.VALUE_MISMATCH, "the fast client says " + fromFast + ", not " + outcome);
      }
      if (!(verdict instanceof Verdict.Accepted<VerifiedUpdate>(VerifiedUpdate update))) {
        return outcome;
      }
      write(client.apply(view(), update));
      if (!fast.head().equals(client.latest(view())) || !fast.chainWork().equals(work())) {
        return Outcome.rejected(
            RejectionCode.VALUE_MISMATCH, "the fast client is at " + fast.head());
      }
    }
    return Outcome.ok();
  }

  Outcome feed(List<BlockHeader> headers) {
    return feed(headers, NO_CLOCK);
  }

  Verdict<ProvenFact> prove(Claim claim) {
    return client.membership(view(), claim, new Budget(UNITS));
  }

  Hash32 tip() {
    return client.latest(view()).id();
  }

  long height() {
    return client.latest(view()).height();
  }

  BigInteger work() {
    return client.chainWork(view());
  }

  Verdict<Long> medianTime() {
    return client.medianTimeAt(view(), height());
  }
}
