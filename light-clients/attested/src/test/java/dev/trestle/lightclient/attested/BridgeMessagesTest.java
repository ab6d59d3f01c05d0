package dev.trestle.lightclient.attested;

import static dev.trestle.lightclient.attested.AttestedUpdateTest.assertReason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.evm.BridgeMessages;
import dev.trestle.proofs.evm.EvmLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BridgeMessagesTest {
  private final BridgeMessages rules = new BridgeMessages();

  /** Topics and data as an independent ABI encoder (cast) gives them. */
  @Test
  void eventsAreRead() {
    assertThat(BridgeMessages.PACKET_RECEIVED.toHex())
        .isEqualTo("644c973c9158050d1d5d1fd427bc707db4262b6bc7fdfb6d4b22e6244c1facda");
    assertThat(BridgeMessages.TRANSFER_SENT.toHex())
        .isEqualTo("db1754196046787f5c235682164db51e3fef4d793a055b4e69f9a2ca2c6f34e8");
    assertThat(read(Fixture.packetReceived()))
        .isEqualTo(
            Verdict.accept(
                new ChainMessage.PacketReceived(Digests.sha256(Bytes.utf8("packet")), true)));
    assertThat(read(Fixture.transferSent()))
        .isEqualTo(
            Verdict.accept(
                new ChainMessage.TransferSent(
                    Digests.sha256(Bytes.utf8("lane")),
                    5,
                    Digests.sha256(Bytes.utf8("asset")),
                    Amount.of(100_000),
                    Bytes.fromHex("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"),
                    Bytes.fromHex("0014751e76e8199196d454941c45d1b3a323f1433bd6"))));
  }

  @Test
  void otherEmittersAndEventsAreRefused() {
    EvmLog log = Fixture.transferSent();
    assertReason(
        RejectionCode.PATH_MISMATCH, rules.read(fact(log.encode()), Bytes.wrap(new byte[20])));
    assertReason(
        RejectionCode.VALUE_MISMATCH, read(new EvmLog(log.address(), List.of(), log.data())));
    List<Hash32> topics = new ArrayList<>(log.topics());
    topics.set(0, Hash32.ZERO);
    assertReason(RejectionCode.VALUE_MISMATCH, read(new EvmLog(log.address(), topics, log.data())));
    assertReason(RejectionCode.MALFORMED, rules.read(fact(Bytes.EMPTY), Fixture.BRIDGE));
  }

  @Test
  void everyOtherEncodingIsRefused() {
    EvmLog transfer = Fixture.transferSent();
    EvmLog packet = Fixture.packetReceived();
    Bytes data = transfer.data();
    Bytes word = Hash32.ZERO.bytes();
    for (EvmLog bad :
        List.of(
            withData(packet, patch(packet.data(), 31, 3)), // true is 1
            withData(packet, patch(packet.data(), 0, 1)),
            withData(packet, Bytes.EMPTY),
            withData(packet, Bytes.concat(packet.data(), word)),
            new EvmLog(packet.address(), List.of(packet.topics().getFirst()), packet.data()),
            withData(transfer, patch(data, 0, 1)), // a dirty address
            withData(transfer, patch(data, 95, 0x20)), // another offset
            withData(transfer, patch(data, 64, 1)),
            withData(transfer, patch(data, 127, 2)), // shorter, so that the padding is not zero
            withData(transfer, patch(data, 126, 1)), // longer than the data
            withData(transfer, patch(data, data.size() - 1, 1)), // padding
            withData(transfer, data.slice(0, data.size() - 32)),
            withData(transfer, Bytes.concat(data, word)),
            withSequence(transfer, Hash32.ZERO),
            withSequence(transfer, Hash32.fromHex("01" + "00".repeat(31))),
            withSequence(transfer, Hash32.fromHex("00".repeat(24) + "ff".repeat(8))),
            new EvmLog(transfer.address(), transfer.topics().subList(0, 3), data))) {
      assertReason(RejectionCode.MALFORMED, read(bad));
    }
  }

  @Test
  void recipientsOfEveryLengthUpToTheLimit() {
    EvmLog transfer = Fixture.transferSent();
    for (int size = 0; size <= BridgeMessages.MAX_RECIPIENT + 32; size++) {
      byte[] padded = new byte[(size + 31) / 32 * 32];
      java.util.Arrays.fill(padded, 0, size, (byte) 0xaa);
      Bytes length = Bytes.fromHex("%064x".formatted(size));
      EvmLog log =
          withData(
              transfer, Bytes.concat(transfer.data().slice(0, 96), length, Bytes.wrap(padded)));
      if (size <= BridgeMessages.MAX_RECIPIENT) {
        ChainMessage.TransferSent sent = (ChainMessage.TransferSent) read(log).orThrow();
        assertThat(sent.recipient().toHex()).isEqualTo("aa".repeat(size));
      } else {
        assertReason(RejectionCode.MALFORMED, read(log));
      }
    }
  }

  private Verdict<ChainMessage> read(EvmLog log) {
    return rules.read(fact(log.encode()), Fixture.BRIDGE);
  }

  private static ProvenFact fact(Bytes value) {
    return new ProvenFact(Bytes.EMPTY, value, new HeaderRef(1, Hash32.ZERO, 1), ProvenFact.FINAL);
  }

  private static EvmLog withData(EvmLog log, Bytes data) {
    return new EvmLog(log.address(), log.topics(), data);
  }

  private static EvmLog withSequence(EvmLog log, Hash32 sequence) {
    List<Hash32> topics = new ArrayList<>(log.topics());
    topics.set(2, sequence);
    return new EvmLog(log.address(), topics, log.data());
  }

  private static Bytes patch(Bytes source, int at, int xor) {
    byte[] raw = source.toArray();
    raw[at] ^= (byte) xor;
    return Bytes.wrap(raw);
  }
}
