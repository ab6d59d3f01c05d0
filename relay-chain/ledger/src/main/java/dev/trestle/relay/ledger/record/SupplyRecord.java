package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * Accounts of one asset, smallest units. At every block {@code locked = inFlight + minted +
 * pendingRelease + refundable} and {@code coins = locked + reserve + plannedFees}.
 *
 * @param locked credited deposits that were not paid out
 * @param inFlight carried by packets whose fate is not proven
 * @param minted executed packets less burns
 * @param pendingRelease burned or claimed back, not proven to be paid
 * @param refundable carried by packets that failed and not claimed back
 * @param reserve custody fees that were taken and not spent
 * @param plannedFees network fees of sweeps and merges that are planned and not proven
 * @param coins sum of all coins in custody
 */
public record SupplyRecord(
    Amount locked,
    Amount inFlight,
    Amount minted,
    Amount pendingRelease,
    Amount refundable,
    Amount reserve,
    Amount plannedFees,
    Amount coins) {
  private static final int VERSION = 1;

  public static final SupplyRecord NONE =
      new SupplyRecord(
          Amount.ZERO,
          Amount.ZERO,
          Amount.ZERO,
          Amount.ZERO,
          Amount.ZERO,
          Amount.ZERO,
          Amount.ZERO,
          Amount.ZERO);

  /**
   * Whether every unit that is owed is locked, and every unit that is locked is there as a coin.
   */
  public boolean isConserved() {
    return locked.equals(inFlight.plus(minted).plus(pendingRelease).plus(refundable))
        && coins.equals(locked.plus(reserve).plus(plannedFees));
  }

  /** A deposit came in and its packet goes out. */
  public SupplyRecord deposited(Amount credited, Amount fee) {
    return new SupplyRecord(
        locked.plus(credited),
        inFlight.plus(credited),
        minted,
        pendingRelease,
        refundable,
        reserve.plus(fee),
        plannedFees,
        coins.plus(credited).plus(fee));
  }

  /** A packet was executed at its destination. */
  public SupplyRecord delivered(Amount amount) {
    return new SupplyRecord(
        locked,
        inFlight.minus(amount),
        minted.plus(amount),
        pendingRelease,
        refundable,
        reserve,
        plannedFees,
        coins);
  }

  /** A packet was refused at its destination. */
  public SupplyRecord failed(Amount amount) {
    return new SupplyRecord(
        locked,
        inFlight.minus(amount),
        minted,
        pendingRelease,
        refundable.plus(amount),
        reserve,
        plannedFees,
        coins);
  }

  /** Wrapped tokens were burned: their value waits for its release. */
  public SupplyRecord burned(Amount amount) {
    return new SupplyRecord(
        locked,
        inFlight,
        minted.minus(amount),
        pendingRelease.plus(amount),
        refundable,
        reserve,
        plannedFees,
        coins);
  }

  /** A refused packet's value was claimed back and waits for its release. */
  public SupplyRecord claimedBack(Amount amount) {
    return new SupplyRecord(
        locked,
        inFlight,
        minted,
        pendingRelease.plus(amount),
        refundable.minus(amount),
        reserve,
        plannedFees,
        coins);
  }

  /** A release was proven. */
  public SupplyRecord released(Amount amount) {
    return new SupplyRecord(
        locked.minus(amount),
        inFlight,
        minted,
        pendingRelease.minus(amount),
        refundable,
        reserve,
        plannedFees,
        coins.minus(amount));
  }

  /** A sweep or a merge was planned: the reserve pays its network fee. */
  public SupplyRecord feePlanned(Amount fee) {
    return new SupplyRecord(
        locked,
        inFlight,
        minted,
        pendingRelease,
        refundable,
        reserve.minus(fee),
        plannedFees.plus(fee),
        coins);
  }

  /** A sweep or a merge was proven: its network fee is gone. */
  public SupplyRecord feePaid(Amount fee) {
    return new SupplyRecord(
        locked,
        inFlight,
        minted,
        pendingRelease,
        refundable,
        reserve,
        plannedFees.minus(fee),
        coins.minus(fee));
  }

  /**
   * What {@link #deposited} booked is gone from custody.
   *
   * @param planned network fee of the deposit's sweep, if one was planned: it is not paid
   */
  public SupplyRecord takenBack(Amount credited, Amount fee, Amount planned) {
    return new SupplyRecord(
        locked.minus(credited),
        inFlight.minus(credited),
        minted,
        pendingRelease,
        refundable,
        reserve.plus(planned).minus(fee),
        plannedFees.minus(planned),
        coins.minus(credited).minus(fee));
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).amount(locked).amount(inFlight);
    out.amount(minted).amount(pendingRelease).amount(refundable);
    return out.amount(reserve).amount(plannedFees).amount(coins).toBytes();
  }

  public static SupplyRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new SupplyRecord(
              in.amount(),
              in.amount(),
              in.amount(),
              in.amount(),
              in.amount(),
              in.amount(),
              in.amount(),
              in.amount());
        });
  }
}
