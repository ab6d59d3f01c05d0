package dev.trestle.lightclient.evm;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.evm.EvmLog;
import java.util.List;

/**
 * Events of the bridge contract (wire format, "EVM bridge contract"). Decodes the ABI strictly: the
 * bytes that a Solidity compiler emits and no others.
 *
 * <p>Rejects with {@code path-mismatch} (a log of another contract), {@code value-mismatch} (an
 * anonymous or another event) and {@code malformed} (no log, or other bytes than the compiler
 * emits; Solidity, "Contract ABI Specification").
 */
public final class BridgeMessages implements MessageRules {
  /** First topic of {@code PacketReceived}. */
  public static final Hash32 PACKET_RECEIVED = topic("PacketReceived(bytes32,bool)");

  /** First topic of {@code TransferSent}. */
  public static final Hash32 TRANSFER_SENT =
      topic("TransferSent(bytes32,uint64,bytes32,address,uint256,bytes)");

  /** Longest recipient in bytes. */
  public static final int MAX_RECIPIENT = 128;

  private static final int WORD = 32;
  private static final int HEAD = 3 * WORD;

  @Override
  public Verdict<ChainMessage> read(ProvenFact fact, Bytes emitter) {
    try {
      EvmLog log = EvmLog.decode(fact.value());
      if (!log.address().equals(emitter)) {
        return Verdict.reject(RejectionCode.PATH_MISMATCH, "a log of " + log.address());
      }
      if (log.topics().isEmpty()) {
        return Verdict.reject(RejectionCode.VALUE_MISMATCH, "an anonymous event");
      }
      Hash32 event = log.topics().getFirst();
      if (event.equals(PACKET_RECEIVED)) {
        return Verdict.accept(packetReceived(log));
      }
      if (event.equals(TRANSFER_SENT)) {
        return Verdict.accept(transferSent(log));
      }
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "another event: " + event);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static ChainMessage packetReceived(EvmLog log) {
    List<Hash32> topics = topics(log, 2);
    boolean success = CanonicalReader.decode(log.data(), in -> bool(in.hash()));
    return new ChainMessage.PacketReceived(topics.get(1), success);
  }

  private static ChainMessage transferSent(EvmLog log) {
    List<Hash32> topics = topics(log, 4);
    long sequence = uint63(topics.get(2));
    if (sequence < 1) {
      throw new DecodeException("sequences count from 1");
    }
    return CanonicalReader.decode(
        log.data(),
        in -> {
          Bytes sender = address(in.hash());
          Amount amount = in.amount();
          if (uint63(in.hash()) != HEAD) {
            throw new DecodeException("the recipient does not follow the head");
          }
          long size = uint63(in.hash());
          if (size > MAX_RECIPIENT) {
            throw new DecodeException("a recipient of " + size + " bytes");
          }
          Bytes recipient = in.fixed((int) size);
          zeros(in.fixed((int) (WORD - size % WORD) % WORD));
          return new ChainMessage.TransferSent(
              topics.get(1), sequence, topics.get(3), amount, sender, recipient);
        });
  }

  private static List<Hash32> topics(EvmLog log, int count) {
    if (log.topics().size() != count) {
      throw new DecodeException(log.topics().size() + " topics where " + count + " are expected");
    }
    return log.topics();
  }

  private static boolean bool(Hash32 word) {
    long value = uint63(word);
    if (value > 1) {
      throw new DecodeException("a boolean of " + value);
    }
    return value == 1;
  }

  private static Bytes address(Hash32 word) {
    zeros(word.bytes().slice(0, 12));
    return word.bytes().slice(12, WORD);
  }

  private static long uint63(Hash32 word) {
    zeros(word.bytes().slice(0, 24));
    return CanonicalReader.decode(word.bytes().slice(24, WORD), CanonicalReader::u64);
  }

  private static void zeros(Bytes padding) {
    for (int i = 0; i < padding.size(); i++) {
      if (padding.at(i) != 0) {
        throw new DecodeException("padding is not zero");
      }
    }
  }

  private static Hash32 topic(String signature) {
    return Digests.keccak256(Bytes.utf8(signature));
  }
}
