package dev.trestle.lightclient.packet;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.HeaderRef;
import java.util.List;

/**
 * Packet version 1. Immutable; every field is part of {@link #id()}, the trust policy included, so
 * none can be changed on the way.
 *
 * @param hubId chain id of the relay chain: no replay across deployments
 * @param sequence of the lane, from 1
 * @param policyHash SHA-256 of the trust policy
 * @param finality requested finality; 0 is the lane's full finality
 */
public record Packet(
    Hash32 hubId,
    Lane lane,
    long sequence,
    Hash32 policyHash,
    long finality,
    Timeout timeout,
    Fee fee,
    Group group,
    List<Payload> payloads) {
  private static final int MAGIC = 0x5452;
  private static final int VERSION = 1;
  private static final Hash32 ID_TAG = Digests.sha256(Bytes.utf8("TRESTLE/packet/v1"));

  /** Payloads of one packet. */
  public static final int MAX_PAYLOADS = 16;

  public Packet {
    payloads = List.copyOf(payloads);
    if (sequence < 1) {
      throw new IllegalArgumentException("sequences count from 1");
    }
    if (payloads.isEmpty() || payloads.size() > MAX_PAYLOADS) {
      throw new IllegalArgumentException("a packet has 1 to " + MAX_PAYLOADS + " payloads");
    }
    if (finality < 0 || finality > 0xffff_ffffL) {
      throw new IllegalArgumentException("finality is a u32");
    }
  }

  /** SHA-256 over fixed-length digests of every field, so that no field can be re-cut. */
  public Hash32 id() {
    CanonicalWriter out = new CanonicalWriter().hash(ID_TAG).hash(hubId).hash(lane.hash());
    out.u64(sequence).hash(policyHash).u32(finality).u8(timeout.clock().code());
    out.u64(timeout.value()).hash(fee.hash()).hash(group.hash()).hash(payloadsHash());
    return Digests.sha256(out.toBytes());
  }

  /** SHA-256 of the count and the hash of each payload. */
  public Hash32 payloadsHash() {
    CanonicalWriter out = new CanonicalWriter().u8(payloads.size());
    payloads.forEach(payload -> out.hash(payload.hash()));
    return Digests.sha256(out.toBytes());
  }

  /** Canonical bytes. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u16(MAGIC).u8(VERSION).hash(hubId);
    lane.write(out);
    out.u64(sequence).hash(policyHash).u32(finality);
    out.u8(timeout.clock().code()).u64(timeout.value());
    fee.write(out);
    group.write(out);
    out.u8(payloads.size());
    payloads.forEach(payload -> payload.write(out));
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a packet
   */
  public static Packet decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, Packet::read);
  }

  private static Packet read(CanonicalReader in) {
    if (in.u16() != MAGIC || in.u8() != VERSION) {
      throw new DecodeException("not a packet of version " + VERSION);
    }
    Hash32 hubId = in.hash();
    Lane lane = Lane.read(in);
    long sequence = in.u64();
    Hash32 policyHash = in.hash();
    long finality = in.u32();
    Timeout timeout = new Timeout(Timeout.Clock.of(in.u8()), in.u64());
    Fee fee = Fee.read(in);
    Group group = Group.read(in);
    int count = in.u8();
    if (count < 1 || count > MAX_PAYLOADS) {
      throw new DecodeException(count + " payloads");
    }
    List<Payload> payloads = new java.util.ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      payloads.add(Payload.read(in));
    }
    return new Packet(hubId, lane, sequence, policyHash, finality, timeout, fee, group, payloads);
  }

  /**
   * Until when the packet may be executed.
   *
   * @param value in the unit of the clock; never 0
   */
  public record Timeout(Clock clock, long value) {
    /** Time of a packet that does not expire. */
    public static final Timeout NEVER = new Timeout(Clock.DESTINATION_TIME, Long.MAX_VALUE);

    public Timeout {
      if (value < 1) {
        throw new IllegalArgumentException("a timeout is not 0");
      }
    }

    /** Whether a contract that runs in {@code block} of the destination or later refuses it. */
    public boolean isPast(HeaderRef block) {
      return switch (clock) {
        case DESTINATION_TIME -> block.timestampSeconds() >= value;
        case DESTINATION_HEIGHT -> block.height() >= value;
        case RELAY_HEIGHT -> false;
      };
    }

    /** Whose clock decides. */
    public enum Clock {
      DESTINATION_TIME(1),
      DESTINATION_HEIGHT(2),
      RELAY_HEIGHT(3);

      private final int code;

      Clock(int code) {
        this.code = code;
      }

      public int code() {
        return code;
      }

      /**
       * @throws DecodeException for a code of no clock
       */
      public static Clock of(int code) {
        for (Clock clock : values()) {
          if (clock.code == code) {
            return clock;
          }
        }
        throw new DecodeException("timeout clock " + code);
      }
    }
  }

  /**
   * What the sender pays for delivery.
   *
   * @param asset CAIP-19 text, empty for none
   * @param refundTo account on the source chain
   */
  public record Fee(
      String asset, Amount maxFee, long destinationGasLimit, Amount relayerTip, Bytes refundTo) {
    public static final Fee NONE = new Fee("", Amount.ZERO, 0, Amount.ZERO, Bytes.EMPTY);

    /** {@code feeHash}, by which contracts know the fields that they do not act on. */
    public Hash32 hash() {
      return Digests.sha256(
          new CanonicalWriter()
              .hash(Digests.sha256(Bytes.utf8(asset)))
              .amount(maxFee)
              .u64(destinationGasLimit)
              .amount(relayerTip)
              .hash(Digests.sha256(refundTo))
              .toBytes());
    }

    void write(CanonicalWriter out) {
      out.text(asset).amount(maxFee).u64(destinationGasLimit).amount(relayerTip).bytes(refundTo);
    }

    static Fee read(CanonicalReader in) {
      return new Fee(in.text(160), in.amount(), in.u64(), in.amount(), in.bytes(128));
    }
  }

  /**
   * Membership in a set of packets that succeed or fail together.
   *
   * @param mode 0 for none
   */
  public record Group(Hash32 id, int size, int ordinal, int mode) {
    public static final Group NONE = new Group(Hash32.ZERO, 0, 0, 0);

    /** {@code groupHash}. */
    public Hash32 hash() {
      CanonicalWriter out = new CanonicalWriter();
      write(out);
      return Digests.sha256(out.toBytes());
    }

    void write(CanonicalWriter out) {
      out.hash(id).u16(size).u16(ordinal).u8(mode);
    }

    static Group read(CanonicalReader in) {
      return new Group(in.hash(), in.u16(), in.u16(), in.u8());
    }
  }

  /**
   * One thing to do at the destination.
   *
   * @param destinationPort application there
   */
  public record Payload(
      Kind kind, Bytes destinationPort, String encoding, String version, Bytes value) {
    /** Largest value in bytes. */
    public static final int MAX_VALUE = 65_536;

    /** {@code feeHash}, by which contracts know the fields that they do not act on. */
    public Hash32 hash() {
      return Digests.sha256(
          new CanonicalWriter()
              .u8(kind.code())
              .hash(Digests.sha256(destinationPort))
              .hash(Digests.sha256(Bytes.utf8(encoding)))
              .hash(Digests.sha256(Bytes.utf8(version)))
              .hash(Digests.sha256(value))
              .toBytes());
    }

    void write(CanonicalWriter out) {
      out.u8(kind.code()).bytes(destinationPort).text(encoding).text(version).bytes(value);
    }

    static Payload read(CanonicalReader in) {
      return new Payload(
          Kind.of(in.u8()), in.bytes(128), in.text(64), in.text(16), in.bytes(MAX_VALUE));
    }

    /** What a payload asks for. */
    public enum Kind {
      CALL(1),
      TRANSFER(2);

      private final int code;

      Kind(int code) {
        this.code = code;
      }

      public int code() {
        return code;
      }

      static Kind of(int code) {
        for (Kind kind : values()) {
          if (kind.code == code) {
            return kind;
          }
        }
        throw new DecodeException("payload kind " + code);
      }
    }
  }
}
