package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Block;
import org.bitcoinj.core.BlockLocator;
import org.bitcoinj.core.GetHeadersMessage;
import org.bitcoinj.core.HeadersMessage;
import org.bitcoinj.core.InventoryItem;
import org.bitcoinj.core.InventoryMessage;
import org.bitcoinj.core.VersionMessage;
import org.bitcoinj.params.MainNetParams;

/**
 * Payloads of messages in bitcoinj's classes, which write and read them. Nothing that they check is
 * relied on. What they do not carry, the network's message start, is in {@link PeerFrames}: so that
 * networks that bitcoinj does not know, Litecoin's among them, are spoken to alike.
 */
final class PeerCodec {
  static final String VERSION = "version";
  static final String VERACK = "verack";
  static final String SENDHEADERS = "sendheaders";
  static final String GETHEADERS = "getheaders";
  static final String HEADERS = "headers";
  static final String INV = "inv";
  static final String PING = "ping";
  static final String PONG = "pong";

  private static final String AGENT = "/trestle:0.1/";

  private PeerCodec() {}

  /** A command and its payload. */
  record Payload(String command, Bytes bytes) {}

  /**
   * Most bytes that the payload of a command may have; 0 for those that are not looked at.
   *
   * @param command of a message that was received
   */
  static int maxPayload(String command) {
    return switch (command) {
      case VERSION -> 1_024;
      case HEADERS -> 3 + HeadersMessage.MAX_HEADERS * (BlockHeader.SIZE + 1);
      case INV -> 3 + InventoryMessage.MAX_INV_SIZE * 36;
      case PING, PONG -> 8;
      default -> 0;
    };
  }

  static Payload encode(PeerMessage message) {
    return switch (message) {
      case PeerMessage.Version(int protocol, long height, String agent) ->
          new Payload(VERSION, version(protocol, height));
      case PeerMessage.VersionAcknowledged() -> new Payload(VERACK, Bytes.EMPTY);
      case PeerMessage.SendHeaders() -> new Payload(SENDHEADERS, Bytes.EMPTY);
      case PeerMessage.GetHeaders(List<Hash32> locator) -> {
        BlockLocator ids =
            new BlockLocator(
                locator.stream().map(id -> Sha256Hash.wrapReversed(id.toArray())).toList());
        GetHeadersMessage asks =
            new GetHeadersMessage(PeerSession.PROTOCOL, ids, Sha256Hash.ZERO_HASH);
        yield new Payload(GETHEADERS, Bytes.wrap(asks.serialize()));
      }
      case PeerMessage.Headers(List<Bytes> headers) ->
          new Payload(
              HEADERS,
              Bytes.wrap(
                  new HeadersMessage(
                          headers.stream()
                              .map(raw -> Block.read(ByteBuffer.wrap(raw.toArray())))
                              .toList())
                      .serialize()));
      case PeerMessage.Ping(long nonce) ->
          new Payload(PING, Bytes.wrap(org.bitcoinj.core.Ping.of(nonce).serialize()));
      case PeerMessage.Pong(long nonce) ->
          new Payload(PONG, Bytes.wrap(org.bitcoinj.core.Pong.of(nonce).serialize()));
      case PeerMessage.Inventory _ -> throw new IllegalArgumentException("we announce nothing");
      case PeerMessage.Other _ -> throw new IllegalArgumentException("not ours to send");
    };
  }

  private static Bytes version(int protocol, long height) {
    VersionMessage version = new VersionMessage(MainNetParams.get(), Math.toIntExact(height));
    version.clientVersion = protocol;
    version.subVer = AGENT;
    version.relayTxesBeforeFilter = false; // BIP-37: no transactions are announced to us
    return Bytes.wrap(version.serialize());
  }

  /**
   * @throws PeerException MALFORMED_MESSAGE unless the payload is one of its command
   */
  static PeerMessage decode(String command, Bytes payload) {
    ByteBuffer in = ByteBuffer.wrap(payload.toArray());
    PeerMessage message;
    try {
      message = read(command, in);
    } catch (RuntimeException e) { // of whatever kind a parser of foreign bytes comes up with
      throw new PeerException(
          PeerFault.MALFORMED_MESSAGE, command + " of " + payload.size() + " bytes");
    }
    // version grows behind what is read; of others nothing may be left
    if (in.hasRemaining() && !command.equals(VERSION)) {
      throw new PeerException(PeerFault.MALFORMED_MESSAGE, "bytes behind " + command);
    }
    return message;
  }

  private static PeerMessage read(String command, ByteBuffer in) {
    return switch (command) {
      case VERSION -> {
        VersionMessage version = VersionMessage.read(in);
        yield new PeerMessage.Version(version.clientVersion, version.bestHeight, version.subVer);
      }
      case VERACK -> new PeerMessage.VersionAcknowledged();
      case HEADERS -> {
        List<Bytes> headers = new ArrayList<>();
        for (Block block : HeadersMessage.read(in).getBlockHeaders()) {
          headers.add(raw(block));
        }
        yield new PeerMessage.Headers(headers);
      }
      case INV -> new PeerMessage.Inventory(blocks(InventoryMessage.read(in)));
      case PING -> new PeerMessage.Ping(org.bitcoinj.core.Ping.read(in).nonce());
      case PONG -> new PeerMessage.Pong(org.bitcoinj.core.Pong.read(in).nonce());
      default -> new PeerMessage.Other(command);
    };
  }

  /** The 80 bytes that were read: those that have the hash that bitcoinj took of them. */
  private static Bytes raw(Block block) {
    Bytes raw = Bytes.wrap(block.cloneAsHeader().serialize()).slice(0, BlockHeader.SIZE);
    if (!Digests.sha256d(raw).toReversedHex().equals(block.getHashAsString())) {
      throw new IllegalStateException("a header that was not read as it was written");
    }
    return raw;
  }

  private static int blocks(InventoryMessage announced) {
    int blocks = 0;
    for (InventoryItem item : announced.getItems()) {
      blocks +=
          item.type == InventoryItem.Type.BLOCK || item.type == InventoryItem.Type.WITNESS_BLOCK
              ? 1
              : 0;
    }
    return blocks;
  }
}
