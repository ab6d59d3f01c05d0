package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.packet.Lane;
import java.util.Optional;

/**
 * A way for an asset from its home chain to a contract that mints it, and back.
 *
 * @param lane outward; the way back is its reverse
 * @param minTransfer smallest units; also the least amount that is paid out
 * @param feeRate satoshi per virtual byte
 * @param confirmations of deposits and releases
 * @param custodyFee smallest units kept of every deposit: it pays for moving the coin to the
 *     committee's resting place before the depositor could take it back, and for the coin's share
 *     of a merge
 * @param policy who must have checked a deposit; its hash is part of every packet's id
 * @param lifetime of its packets; empty for those that do not expire
 */
public record RouteRecord(
    AssetId asset,
    Lane lane,
    Amount minTransfer,
    Amount maxTransfer,
    long feeRate,
    long confirmations,
    Amount custodyFee,
    TrustPolicy policy,
    Optional<LaneTerms.Lifetime> lifetime) {
  private static final int VERSION = 3;

  /** Tagged SHA-256 of asset, destination chain and contract: one route for each. */
  public static Hash32 id(AssetId asset, ChainId destination, Bytes contract) {
    return Digests.tagged(
        "TRESTLE/ledger/route/v1",
        new CanonicalWriter()
            .text(asset.toString())
            .text(destination.toString())
            .bytes(contract)
            .toBytes());
  }

  public Hash32 id() {
    return id(asset, lane.destination(), lane.destinationApp());
  }

  public Hash32 policyHash() {
    return policy.hash();
  }

  public ChainId home() {
    return lane.source();
  }

  public ChainId destination() {
    return lane.destination();
  }

  public Bytes contract() {
    return lane.destinationApp();
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).text(asset.toString());
    lane.write(out);
    out.amount(minTransfer).amount(maxTransfer).u64(feeRate).u64(confirmations);
    out.amount(custodyFee).bytes(policy.encode());
    LaneTerms.writeLifetime(out, lifetime);
    return out.toBytes();
  }

  public static RouteRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new RouteRecord(
              Fields.asset(in),
              Lane.read(in),
              in.amount(),
              in.amount(),
              in.u64(),
              in.u64(),
              in.amount(),
              TrustPolicy.decode(in.bytes(TrustPolicy.MAX_SIZE)),
              LaneTerms.readLifetime(in));
        });
  }
}
