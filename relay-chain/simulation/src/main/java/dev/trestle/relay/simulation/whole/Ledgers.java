package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.LedgerAudit;
import dev.trestle.relay.ledger.LedgerEvent;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.node.DecidedBlock;
import dev.trestle.relay.node.SimulatedNode;
import dev.trestle.relay.node.TransactionRecord;
import dev.trestle.relay.simulation.Contradictions;
import dev.trestle.relay.simulation.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold after every event of a run. Asks the nodes what they have and checks it by itself.
 *
 * <ul>
 *   <li>W1 one block a height, with one state and one list of receipts, each on the one before
 *   <li>W2 it is certified by more than two thirds of the set of its height
 *   <li>W3 a correct validator never contradicts itself in what leaves it
 *   <li>W4 a stored block is stored, whatever happens to the machine
 *   <li>W5 what leaves a validator is in its log after every failure that leaves the log alone
 *   <li>W6 the nonces of each sender are used in order, each once
 *   <li>W7 what a user was told to be final is in the chain where he was told
 *   <li>W8 the ledger's invariants hold, in each step and as a whole; coins are neither made nor
 *       lost
 *   <li>W9 no node stops by itself, and none ends a connection with a correct one for what it sent
 *   <li>W10 there is no evidence against a correct validator in the chain
 *   <li>L1 after the chaos, every correct node comes to the same head in bounded time
 *   <li>L2 by then, every transaction that a node has taken in is in the chain
 * </ul>
 */
final class Ledgers {
  private final Trade trade;
  private final Set<EvmAddress> liars;
  private final Map<Long, Block> chain = new TreeMap<>();
  private final Map<Long, Results> results = new TreeMap<>();
  private final Set<Hash32> inChain = new HashSet<>();
  private final Map<PublicKey, Long> nonces = new HashMap<>();
  private final Map<SimulatedNode, Long> heights = new HashMap<>();
  private final Map<EvmAddress, List<Statement>> said = new TreeMap<>();
  private long inCustody;

  /** What executing a block came to. */
  private record Results(List<Receipt> receipts, List<LedgerEvent> events) {}

  /**
   * @param liars whom there may be evidence against
   */
  Ledgers(Trade trade, Set<EvmAddress> liars) {
    this.trade = trade;
    this.liars = Set.copyOf(liars);
  }

  /** W1, W2, W4, W6, W8. */
  void onDecided(SimulatedNode node, DecidedBlock decided) {
    long height = decided.height();
    require(height == heightOf(node) + 1, "W4 " + node + " stores " + decided.block());
    onBlock(node, decided.block(), decided.certificate());
    Results own = new Results(decided.receipts(), decided.events());
    Results first = results.putIfAbsent(height, own);
    require(
        first == null || first.equals(own),
        "W1 " + node + " executed " + decided.block() + " to another end");
    for (Receipt each : decided.receipts()) {
      require(each.outcome() == Receipt.Outcome.APPLIED, "W8 nobody asked for this: " + each);
    }
  }

  private void onBlock(SimulatedNode node, Block block, CommitCertificate certificate) {
    long height = block.height();
    heights.put(node, height);
    requireCertified(node, block, certificate);
    Block first = chain.putIfAbsent(height, block);
    if (first != null) {
      require(
          first.id().equals(block.id()), "W1 " + node + " decided " + block + ", another " + first);
      return;
    }
    require(
        height == 1 || block(height - 1).id().equals(block.header().parentId()),
        "W1 " + block + " stands on another block");
    for (Evidence each : block.evidence()) {
      require(liars.contains(each.offender()), "W10 evidence against a correct node: " + each);
    }
    for (Bytes each : block.transactions()) {
      Transaction transaction = Transaction.decode(each);
      long nonce = nonces.merge(transaction.sender(), 1L, Long::sum) - 1;
      require(transaction.nonce() == nonce, "W6 " + transaction + " where " + nonce + " is next");
      require(inChain.add(transaction.id()), "W6 twice in the chain: " + transaction);
      inCustody += trade.coins().getOrDefault(transaction.id(), 0L);
    }
  }

  private Block block(long height) {
    return Optional.ofNullable(chain.get(height))
        .orElseThrow(() -> new Violation("W1 nobody has block " + height));
  }

  private void requireCertified(SimulatedNode node, Block block, CommitCertificate certificate) {
    Hash32 digest =
        Statement.commit(block.height(), certificate.round(), block.id())
            .digest(trade.genesis().chainId());
    ValidatorSet set = node.validatorsAt(block.height());
    Set<EvmAddress> signers = new HashSet<>();
    for (EcdsaSignature each : certificate.signatures().signatures()) {
      Secp256k1.instance()
          .recover(each, digest)
          .map(PublicKey::evmAddress)
          .filter(signer -> set.indexOf(signer).isPresent())
          .ifPresent(signers::add);
    }
    require(3 * signers.size() > 2 * set.size(), "W2 " + node + " stores uncertified " + block);
  }

  /** W1: the state is that of the newest block. */
  void onStored(SimulatedNode node) {
    long height = node.height();
    require(
        height == 0 || block(height).header().stateRoot().equals(node.stateRoot()),
        "W1 the state of " + node + " is not that of block " + height);
  }

  /** W3. */
  void onSaid(SimulatedNode node, SignedMessage message) {
    Statement statement = message.message().statement();
    List<Statement> before = said.computeIfAbsent(message.sender(), each -> new ArrayList<>());
    if (before.contains(statement)) {
      return;
    }
    before.removeIf(each -> each.height() < statement.height());
    for (Statement each : before) {
      require(
          !Contradictions.between(each, statement),
          "W3 " + node + " said " + each + " and " + statement);
    }
    before.add(statement);
  }

  /**
   * W4, W5: a node has started on what its disk holds. A block may be there of which it had no time
   * to tell.
   */
  void onStarted(SimulatedNode node, boolean logAtRisk) {
    long before = heightOf(node);
    require(
        node.height() == before || node.height() == before + 1,
        "W4 " + node + " had block " + before + " and starts with " + node.height());
    if (node.height() > before) {
      onBlock(
          node,
          node.block(node.height()).orElseThrow(),
          node.certificate(node.height()).orElseThrow());
    }
    require(
        logAtRisk || node.abstainsThrough() == 0,
        "W5 the log of " + node + " lacks what it has said");
    onStored(node);
  }

  /** W7. */
  void onIncluded(Bytes transaction, TransactionRecord told) {
    List<Bytes> block = block(told.height()).transactions();
    require(
        told.index() < block.size() && block.get(told.index()).equals(transaction),
        "W7 not where a node says: " + told);
  }

  /** W1, W7, W8, as a whole, when all is quiet. */
  void onEnd(SimulatedNode node) {
    onStored(node);
    for (Hash32 each : inChain) {
      require(node.has(each), "W7 " + node + " has lost " + each);
    }
    LedgerView view = node.view().orElseThrow();
    List<String> findings = LedgerAudit.run(view);
    require(findings.isEmpty(), "W8 " + node + ": " + findings);
    SupplyRecord supply = view.supply(Trade.ASSET);
    require(
        supply.coins().equals(Amount.of(inCustody)) && supply.isConserved(),
        "W8 " + node + ": coins of " + inCustody + ", " + supply);
  }

  boolean isInChain(Hash32 transaction) {
    return inChain.contains(transaction);
  }

  /** Of the chain. */
  long height() {
    return chain.size();
  }

  long transactions() {
    return inChain.size();
  }

  private long heightOf(SimulatedNode node) {
    return heights.getOrDefault(node, 0L);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new Violation(otherwise);
    }
  }
}
