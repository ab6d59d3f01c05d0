package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.Optional;

/**
 * What a client is given to verify. Canonical bytes: {@code u8 version = 1 | u8 kind | u8 fork |
 * bytes ssz | optional bytes executionHeader}.
 *
 * <p>There is no forced update: no client has a profile that takes one ({@link
 * EthereumAnchor.Settings}).
 *
 * @param kind 1 update, 2 finality update, 3 optimistic update
 * @param container fork whose containers the SSZ follows, see {@link BeaconFork#container}
 * @param ssz the object as the Beacon API serves it as {@code application/octet-stream}
 * @param executionHeader RLP of the execution block header that becomes final with this message;
 *     only, and always, where the beacon header carries no payload header (Gloas)
 */
public record EthereumMessage(
    Kind kind, BeaconFork container, Bytes ssz, Optional<Bytes> executionHeader) {
  /** What the message is. */
  public enum Kind {
    UPDATE(1),
    FINALITY(2),
    OPTIMISTIC(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    static Kind byCode(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new DecodeException("a message of kind " + code);
    }

    LightClientUpdate.Kind update() {
      return switch (this) {
        case UPDATE -> LightClientUpdate.Kind.UPDATE;
        case FINALITY -> LightClientUpdate.Kind.FINALITY;
        case OPTIMISTIC -> LightClientUpdate.Kind.OPTIMISTIC;
      };
    }
  }

  private static final int VERSION = 1;

  public EthereumMessage {
    if (container != container.container()) {
      throw new IllegalArgumentException("not a message: " + kind + " of " + container.id());
    }
  }

  /** An object of the Beacon API, of any fork before Gloas. */
  public static EthereumMessage of(Kind kind, BeaconFork fork, Bytes ssz) {
    return new EthereumMessage(kind, fork.container(), ssz, Optional.empty());
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .u8(kind.code)
        .u8(container.code())
        .bytes(ssz)
        .optional(executionHeader, CanonicalWriter::bytes)
        .toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a message
   */
  public static EthereumMessage decode(Bytes encoded, Preset preset) {
    return CanonicalReader.decode(encoded, in -> read(in, preset));
  }

  private static EthereumMessage read(CanonicalReader in, Preset preset) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("message version " + version);
    }
    Kind kind = Kind.byCode(in.u8());
    BeaconFork container = BeaconFork.byCode(in.u8());
    int most = LightClientUpdate.maxSize(container, preset, kind.update());
    return new EthereumMessage(
        kind, container, in.bytes(most), in.optional(each -> each.bytes(EvmHeader.MAX_SIZE)));
  }

  /**
   * @throws DecodeException unless the SSZ is exactly one object of its kind
   */
  LightClientUpdate update(Preset preset) {
    return LightClientUpdate.decode(ssz, container, preset, kind.update());
  }
}
