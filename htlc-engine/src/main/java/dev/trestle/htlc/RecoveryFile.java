package dev.trestle.htlc;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort.HtlcLock;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that takes locked coins back with nothing but a node and the seed: no hub, no
 * counterparty, no engine. Written before the first lock is signed. Holds no secret.
 *
 * @param terms of the swap
 * @param role of the party whose file this is
 * @param keyPath where the refund key stands below the seed, or {@link SwapKeys#EXTERNAL}
 * @param lock the address, lock key and redeem script of the own leg
 */
public record RecoveryFile(SwapTerms terms, Role role, String keyPath, HtlcLock lock) {
  /** Version of the JSON form. */
  public static final int VERSION = 1;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Index of the leg that can be refunded. */
  public int leg() {
    return terms.paidBy(role);
  }

  /** Whether the refund key is a wallet key from outside, which the seed does not lead to. */
  public boolean needsWalletKey() {
    return keyPath.equals(SwapKeys.EXTERNAL);
  }

  /** For people and programs; {@link #parse} reads only what it needs of it. */
  public String toJson() {
    SwapLeg own = terms.legs().get(leg());
    ObjectNode root = JSON.createObjectNode();
    root.put("format", "trestle-swap-recovery");
    root.put("version", VERSION);
    root.put("swapId", terms.swapId().toHex());
    root.put("role", role.name());
    root.put("hash", terms.hash().toHex());
    root.put("chain", own.chain().toString());
    root.put("refundableFrom", own.expirySeconds());
    root.put("keyPath", keyPath);
    root.put("address", lock.address());
    root.put("lockKey", lock.lockKey().toHex());
    root.put("redeemScript", lock.detail().toHex());
    root.put("paymentUri", lock.paymentUri());
    ArrayNode legs = root.putArray("legs");
    for (SwapLeg leg : terms.legs()) {
      ObjectNode each = legs.addObject();
      each.put("chain", leg.chain().toString());
      each.put("asset", leg.asset().toString());
      each.put("amount", leg.amount().toString());
      each.put("claimer", leg.claimer().toHex());
      each.put("refunder", leg.refunder().toHex());
      each.put("expirySeconds", leg.expirySeconds());
    }
    root.put("terms", terms.toBytes().toHex());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  /** Rejects what is not such a file, or whose parts contradict each other. */
  public static Verdict<RecoveryFile> parse(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      if (root.path("version").asInt(0) != VERSION) {
        return Verdict.reject(SwapRejection.MALFORMED, "version is not " + VERSION);
      }
      Role role = Role.valueOf(root.path("role").asString(""));
      HtlcLock lock =
          new HtlcLock(
              root.path("address").asString(""),
              Bytes.fromHex(root.path("lockKey").asString("")),
              Bytes.fromHex(root.path("redeemScript").asString("")),
              root.path("paymentUri").asString(""));
      String swapId = root.path("swapId").asString("");
      String keyPath = root.path("keyPath").asString("");
      return SwapTerms.parse(Bytes.fromHex(root.path("terms").asString("")))
          .then(TermsCheck::check)
          .then(
              terms ->
                  terms.swapId().toHex().equals(swapId) && role.isIn(terms)
                      ? Verdict.accept(new RecoveryFile(terms, role, keyPath, lock))
                      : Verdict.reject(SwapRejection.MALFORMED, "the terms are another swap's"));
    } catch (JacksonException | IllegalArgumentException e) {
      return Verdict.reject(SwapRejection.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** Writes the file so that it is there, whole, after any crash. */
  public void writeTo(Path file) {
    try {
      Path draft = file.resolveSibling(file.getFileName() + ".tmp");
      Files.writeString(draft, toJson());
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      FramedLog.syncFolder(file);
    } catch (IOException e) {
      throw new JournalException(
          JournalException.Fault.IO, "cannot write " + file.getFileName(), e);
    }
  }

  /**
   * Takes back everything that pays the lock, with the key below {@code seed}. Blocks: for virtual
   * threads and command lines.
   *
   * @return ids of the refunds that the chain has taken; Later before the expiry or while nothing
   *     is locked; Rejected if the key is another one or the coins are claimed
   */
  public Verdict<List<Hash32>> refund(ChainPorts ports, Bytes seed) {
    return refund(ports, Secrets.keyAt(seed, keyPath));
  }

  /** As {@link #refund(ChainPorts, Bytes)}, with a key that is not below the seed. */
  public Verdict<List<Hash32>> refund(ChainPorts ports, SecretKey refunder) {
    SwapLeg own = terms.legs().get(leg());
    HtlcTerms htlc = terms.htlcTerms(leg());
    if (!ports.profile().chain().equals(own.chain())) {
      return Verdict.reject(SwapRejection.UNKNOWN_CHAIN, "the lock is on " + own.chain());
    }
    if (!ports.htlc().partyKey(refunder).equals(own.refunder())) {
      return Verdict.reject(SwapRejection.NOT_MY_KEY, "this key cannot refund the lock");
    }
    HtlcObservation seen = Async.await(ports.htlc().observe(htlc));
    if (seen.funding().isEmpty()) {
      return Verdict.later(LockAudit.Reason.NOT_LOCKED, "nothing pays " + lock.address());
    }
    if (seen.chainTimeSeconds() < own.expirySeconds()) {
      return Verdict.later(
          LockAudit.Reason.NOT_FINAL,
          "refundable from "
              + own.expirySeconds()
              + ", the chain is at "
              + seen.chainTimeSeconds());
    }
    List<Hash32> sent = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (LockFunding funding : seen.funding()) {
      try {
        SignedTransaction refund = Async.await(ports.htlc().prepareRefund(htlc, funding, refunder));
        sent.add(Async.await(ports.transactions().broadcast(refund.raw())));
      } catch (AdapterException e) {
        failed.add(String.valueOf(e.getMessage())); // one that is spent must not keep the others
      }
    }
    return sent.isEmpty()
        ? Verdict.reject(LockAudit.Reason.SPENT, String.join("; ", failed))
        : Verdict.accept(List.copyOf(sent));
  }
}
