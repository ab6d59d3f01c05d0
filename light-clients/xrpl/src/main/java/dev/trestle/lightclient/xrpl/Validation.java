package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.xrpl.StObject.FieldId;

/** A validator's signed word that a ledger is validated ({@code STValidation}). */
public final class Validation {
  /** Largest validation in bytes. */
  public static final int MAX_SIZE = 2_048;

  static final FieldId FLAGS = new FieldId(2, 2);
  static final FieldId LEDGER_SEQUENCE = new FieldId(2, 6);
  static final FieldId SIGNING_TIME = new FieldId(2, 9);
  static final FieldId LEDGER_HASH = new FieldId(5, 1);
  static final FieldId SIGNING_KEY = new FieldId(7, 3);
  static final FieldId SIGNATURE = new FieldId(7, 6);
  private static final long FULL = 1;
  private static final Bytes PREFIX = Bytes.fromHex("56414c00");

  private final StObject fields;
  private final XrplKey key;
  private final Hash32 ledger;
  private final long index;
  private final boolean full;

  private Validation(StObject fields) {
    this.fields = fields;
    this.key = new XrplKey(fields.need(SIGNING_KEY));
    this.ledger = fields.hash(LEDGER_HASH);
    this.index = fields.number(LEDGER_SEQUENCE);
    this.full = (fields.number(FLAGS) & FULL) != 0;
    fields.need(SIGNING_TIME);
    fields.need(SIGNATURE);
  }

  /**
   * @throws DecodeException if it is not a validation in canonical form
   */
  public static Validation decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a validation of " + encoded.size() + " bytes");
    }
    try {
      return new Validation(StObject.decode(encoded));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  /** The key that signed, an ephemeral one. */
  public XrplKey key() {
    return key;
  }

  public Hash32 ledger() {
    return ledger;
  }

  public long index() {
    return index;
  }

  /** Whether the validator vouches for the ledger and did not only see it ({@code vfFull}). */
  public boolean isFull() {
    return full;
  }

  /** Over {@code VAL} and all fields but the signature. One signature. */
  public boolean isSigned() {
    return key.verify(Bytes.concat(PREFIX, fields.without(SIGNATURE)), fields.need(SIGNATURE));
  }
}
