package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import java.util.Optional;

/**
 * A transfer from an asset's home chain. It has an end: a deposit that is not credited before it
 * stays its depositor's, who takes it back by the refund key after the refund delay.
 *
 * @param amount least deposit that is credited
 * @param refundKey x-only
 * @param refundDelay blocks
 * @param openedAt relay height
 * @param expiresAtMillis Unix milliseconds; blocks from this time on credit no deposit
 * @param deposit what was credited, once it was
 * @param releaseId the release that pays a failed transfer back
 */
public record TransferRecord(
    PublicKey sender,
    Hash32 idempotencyKey,
    Hash32 routeId,
    Hash32 recipient,
    Amount amount,
    Hash32 refundKey,
    int refundDelay,
    State state,
    long openedAt,
    long expiresAtMillis,
    Optional<Deposit> deposit,
    Optional<Hash32> releaseId) {
  private static final int VERSION = 3;

  /** How far the transfer has come. */
  public enum State {
    /** Waits for the deposit. */
    OPEN,
    /** Deposit swept, packet on its way. */
    SENT,
    /** The destination executed the packet. */
    DELIVERED,
    /** The destination refused the packet: the deposit can be claimed back. */
    REFUNDABLE,
    /** A release that pays the deposit back exists. */
    REFUNDING,
    /** Paid back. */
    REFUNDED,
    /**
     * Between the first two: deposit credited, on its way out of its depositor's reach. Nothing is
     * sent before that is proven.
     */
    CREDITED,
    /** No deposit was proven in time, and none will be credited any more. */
    EXPIRED,
    /** The deposit was credited, and spent by another transaction than its sweep. */
    TAKEN_BACK
  }

  /**
   * The credited coin.
   *
   * @param amount paid by the depositor
   * @param credited {@code amount} less the route's custody fee; what the packet carries
   * @param height block of the home chain
   * @param packetId once the coin is swept
   */
  public record Deposit(
      Hash32 txId,
      long outputIndex,
      Amount amount,
      Amount credited,
      long height,
      Optional<Hash32> packetId) {
    /** The same coin, with the packet that is sent for it. */
    public Deposit sent(Hash32 packet) {
      return new Deposit(txId, outputIndex, amount, credited, height, Optional.of(packet));
    }
  }

  /** Tagged SHA-256 of sender and idempotency key. */
  public static Hash32 id(PublicKey sender, Hash32 idempotencyKey) {
    return Digests.tagged(
        "TRESTLE/ledger/transfer/v1", sender.compressed(), idempotencyKey.bytes());
  }

  /** Whether the blocks at {@code timeMillis} and later credit no deposit to it. */
  public boolean isOver(long timeMillis) {
    return timeMillis >= expiresAtMillis;
  }

  public Hash32 id() {
    return id(sender, idempotencyKey);
  }

  public TransferRecord with(State next) {
    return with(next, deposit, releaseId);
  }

  public TransferRecord with(State next, Optional<Deposit> paid, Optional<Hash32> release) {
    return new TransferRecord(
        sender,
        idempotencyKey,
        routeId,
        recipient,
        amount,
        refundKey,
        refundDelay,
        next,
        openedAt,
        expiresAtMillis,
        paid,
        release);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).fixed(sender.compressed());
    out.hash(idempotencyKey).hash(routeId).hash(recipient).amount(amount).hash(refundKey);
    out.u16(refundDelay);
    Fields.constant(out, state).u64(openedAt).u64(expiresAtMillis);
    out.optional(
        deposit,
        (w, d) ->
            w.hash(d.txId)
                .u32(d.outputIndex)
                .amount(d.amount)
                .amount(d.credited)
                .u64(d.height)
                .optional(d.packetId, CanonicalWriter::hash));
    return out.optional(releaseId, CanonicalWriter::hash).toBytes();
  }

  public static TransferRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new TransferRecord(
              new PublicKey(in.fixed(PublicKey.SIZE)),
              in.hash(),
              in.hash(),
              in.hash(),
              in.amount(),
              in.hash(),
              in.u16(),
              Fields.constant(in, State.values()),
              in.u64(),
              in.u64(),
              in.optional(
                  r ->
                      new Deposit(
                          r.hash(),
                          r.u32(),
                          r.amount(),
                          r.amount(),
                          r.u64(),
                          r.optional(CanonicalReader::hash))),
              in.optional(CanonicalReader::hash));
        });
  }
}
