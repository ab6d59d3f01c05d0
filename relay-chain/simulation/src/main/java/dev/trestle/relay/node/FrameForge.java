package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.node.SimulatedNode.Envelope;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What a validator with a key and no honour sends; what it needs to know it has from its node. */
public final class FrameForge {
  private final SimulatedNode node;
  private final Hash32 chainId;
  private final EvmAddress self;
  private final Function<Hash32, EcdsaSignature> signer;
  private final SplittableRandom random;

  /**
   * @param self the liar
   * @param signer signs whatever it is given with the liar's key
   */
  public FrameForge(
      SimulatedNode node,
      Hash32 chainId,
      EvmAddress self,
      Function<Hash32, EcdsaSignature> signer,
      SplittableRandom random) {
    this.node = node;
    this.chainId = chainId;
    this.self = self;
    this.signer = signer;
    this.random = random;
  }

  /** One bit is another. */
  public Envelope flip(Envelope envelope) {
    byte[] bytes = envelope.bytes().toArray();
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return new Envelope(envelope.type(), Bytes.wrap(bytes));
  }

  /** A lie, if one comes to mind: the node may be off. */
  public Optional<Envelope> lie() {
    return node.core().map(this::lie);
  }

  private Envelope lie(NodeCore core) {
    ChainHead head = core.chain().head();
    return switch (random.nextInt(4)) {
      case 0 -> envelope(FrameType.STATUS, boast(head).encode());
      case 1 -> envelope(FrameType.CONSENSUS, vote(head).encode());
      case 2 -> certificate(head);
      default -> blocks(core);
    };
  }

  private PeerStatus boast(ChainHead head) {
    long more = 1L + random.nextInt(1_000);
    return new PeerStatus(head.height() + more, anyHash(), head.height() + more + 1, 0);
  }

  /** For a block that nobody knows, in contradiction to whatever else it says. */
  private SignedMessage vote(ChainHead head) {
    long height = head.height() + random.nextInt(2);
    int round = random.nextInt(2);
    ConsensusMessage message =
        random.nextBoolean()
            ? new ConsensusMessage.Prepare(Math.max(1, height), round, anyHash())
            : new ConsensusMessage.Commit(Math.max(1, height), round, anyHash());
    return new SignedMessage(message, self, sign(message.statement()));
  }

  private Envelope certificate(ChainHead head) {
    return envelope(
        FrameType.CERTIFICATE, forged(head, head.height() + random.nextInt(2), anyHash()).encode());
  }

  /** The next block as it could be, which nobody has agreed to. */
  private Envelope blocks(NodeCore core) {
    ChainHead head = core.chain().head();
    Block block =
        core.chain()
            .build(head.timeMs() + 1 + random.nextInt(1_000), self, List.of(), List.of())
            .orElseThrow();
    CommitCertificate certificate = forged(head, block.height(), block.id());
    SyncResponse.Item item = new SyncResponse.Item(block.encode(), certificate.encode());
    return envelope(FrameType.BLOCKS, new SyncResponse(block.height(), List.of(item)).encode());
  }

  /** Its own signature in the place of everybody's. */
  private CommitCertificate forged(ChainHead head, long height, Hash32 block) {
    long certified = Math.max(1, height);
    int size = head.nextValidators().size();
    int quorum = head.nextValidators().quorum();
    EcdsaSignature own = sign(Statement.commit(certified, 0, block));
    return new CommitCertificate(
        certified,
        0,
        block,
        new SignatureList(
            size, IntStream.range(0, quorum).boxed().toList(), Collections.nCopies(quorum, own)));
  }

  private EcdsaSignature sign(Statement statement) {
    return signer.apply(statement.digest(chainId));
  }

  private Hash32 anyHash() {
    return Digests.sha256(new CanonicalWriter().u64(random.nextLong() >>> 1).toBytes());
  }

  private static Envelope envelope(FrameType type, Bytes payload) {
    return new Envelope(type.name(), Bytes.wrap(new Frame(type, payload).encode().getBytes()));
  }
}
