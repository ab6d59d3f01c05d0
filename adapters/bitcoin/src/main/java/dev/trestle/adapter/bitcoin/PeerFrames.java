package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The frames of the P2P protocol: {@code 4 bytes message start | 12 bytes command | u32 length | 4
 * bytes checksum | payload}. The reader holds at most one payload of a kind that is looked at;
 * others pass by. Not thread-safe.
 */
final class PeerFrames {
  /** Bytes before a payload. */
  static final int HEADER = 24;

  /** Bytes of the largest payload that nodes of either chain send. */
  static final int MAX_PAYLOAD = 4_000_000;

  private static final int MAGIC = 4;
  private static final int COMMAND = 12;

  private final Bytes magic;
  private final byte[] header = new byte[HEADER];
  private int headerSize;
  private String command = "";
  private Bytes checksum = Bytes.EMPTY;
  private byte[] payload = new byte[0];
  private int payloadSize;
  private long toSkip;

  PeerFrames(Bytes magic) {
    if (magic.size() != MAGIC) {
      throw new IllegalArgumentException("a message start has 4 bytes");
    }
    this.magic = magic;
  }

  /** The frame of a message. */
  Bytes write(PeerMessage message) {
    PeerCodec.Payload encoded = PeerCodec.encode(message);
    return write(encoded.command(), encoded.bytes());
  }

  /** The frame of a payload; a command has at most 12 bytes. */
  Bytes write(String name, Bytes content) {
    byte[] padded = new byte[COMMAND];
    Bytes.utf8(name).copyTo(padded, 0);
    return new WireWriter()
        .fixed(magic)
        .fixed(Bytes.wrap(padded))
        .u32(content.size())
        .fixed(checksum(content))
        .fixed(content)
        .toBytes();
  }

  private static Bytes checksum(Bytes payload) {
    return Digests.sha256d(payload).bytes().slice(0, MAGIC);
  }

  /**
   * The messages that {@code received} completes.
   *
   * @throws PeerException WRONG_MAGIC, OVERSIZED_MESSAGE, MALFORMED_MESSAGE
   */
  List<PeerMessage> read(byte[] received) {
    List<PeerMessage> messages = new ArrayList<>();
    int at = 0;
    while (at < received.length) {
      int left = received.length - at;
      if (toSkip > 0) {
        int skipped = (int) Math.min(toSkip, left);
        toSkip -= skipped;
        at += skipped;
        if (toSkip == 0) {
          messages.add(end(new PeerMessage.Other(command)));
        }
      } else if (headerSize < HEADER) {
        int taken = Math.min(HEADER - headerSize, left);
        System.arraycopy(received, at, header, headerSize, taken);
        headerSize += taken;
        at += taken;
        if (headerSize == HEADER) {
          begin();
          if (toSkip == 0 && payload.length == 0) {
            messages.add(end(complete()));
          }
        }
      } else {
        int taken = Math.min(payload.length - payloadSize, left);
        System.arraycopy(received, at, payload, payloadSize, taken);
        payloadSize += taken;
        at += taken;
        if (payloadSize == payload.length) {
          messages.add(end(complete()));
        }
      }
    }
    return messages;
  }

  /** A header is there: what follows is bounded before there is room for it. */
  private void begin() {
    Bytes whole = Bytes.of(header);
    if (!whole.slice(0, MAGIC).equals(magic)) {
      throw new PeerException(PeerFault.WRONG_MAGIC, whole.slice(0, MAGIC).toHex());
    }
    command = command(whole.slice(MAGIC, MAGIC + COMMAND));
    WireReader rest = new WireReader(whole.slice(MAGIC + COMMAND, HEADER));
    long length = rest.u32();
    checksum = rest.fixed(MAGIC);
    int known = PeerCodec.maxPayload(command);
    if (length > (known > 0 ? known : MAX_PAYLOAD)) {
      throw new PeerException(PeerFault.OVERSIZED_MESSAGE, length + " bytes of " + command);
    }
    payload = new byte[known > 0 ? (int) length : 0];
    payloadSize = 0;
    toSkip = known > 0 ? 0 : length;
  }

  /** Printable, and nothing behind the first zero. */
  private static String command(Bytes raw) {
    int size = 0;
    while (size < COMMAND && raw.at(size) != 0) {
      size++;
    }
    for (int i = 0; i < COMMAND; i++) {
      boolean printable = raw.at(i) > 0x20 && raw.at(i) < 0x7f;
      if (i < size ? !printable : raw.at(i) != 0) {
        throw new PeerException(PeerFault.MALFORMED_MESSAGE, "command " + raw.toHex());
      }
    }
    return new String(raw.slice(0, size).toArray(), StandardCharsets.US_ASCII);
  }

  private PeerMessage complete() {
    Bytes whole = Bytes.of(payload);
    if (!checksum(whole).equals(checksum)) {
      throw new PeerException(PeerFault.MALFORMED_MESSAGE, "checksum of " + command);
    }
    return PeerCodec.decode(command, whole);
  }

  private PeerMessage end(PeerMessage message) {
    headerSize = 0;
    payload = new byte[0];
    payloadSize = 0;
    return message;
  }
}
