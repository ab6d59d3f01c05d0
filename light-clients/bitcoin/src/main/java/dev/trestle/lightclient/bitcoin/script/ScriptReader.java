package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts a script into its operations without running it. */
public final class ScriptReader {
  private static final int[] LENGTH_BYTES = {1, 2, 4};

  private final Bytes script;
  private int at;

  public ScriptReader(Bytes script) {
    this.script = script;
  }

  /**
   * One operation.
   *
   * @param data what a push pushes; empty for every other operation, and for a push of nothing
   */
  public record Operation(int opcode, Bytes data) {
    /** Whether it only pushes: data, or the numbers -1 and 1 to 16. */
    public boolean isPush() {
      return opcode <= Opcode.OP_16 && opcode != RESERVED;
    }

    /** What a push puts on the stack. */
    public Bytes pushed() {
      if (opcode == Opcode.OP_1NEGATE) {
        return Bytes.wrap(new byte[] {(byte) 0x81});
      }
      return opcode >= Opcode.OP_1 && opcode <= Opcode.OP_16
          ? Bytes.wrap(new byte[] {(byte) (opcode - Opcode.OP_1 + 1)})
          : data;
    }

    private static final int RESERVED = 0x50;
  }

  public boolean atEnd() {
    return at == script.size();
  }

  /** The next operation; empty at the end, and where a push is longer than what is left. */
  public Optional<Operation> next() {
    if (atEnd()) {
      return Optional.empty();
    }
    int opcode = script.at(at);
    if (opcode > Opcode.OP_PUSHDATA4) {
      at++;
      return Optional.of(new Operation(opcode, Bytes.EMPTY));
    }
    int lengthBytes = opcode < Opcode.OP_PUSHDATA1 ? 0 : LENGTH_BYTES[opcode - Opcode.OP_PUSHDATA1];
    if (script.size() - at - 1 < lengthBytes) {
      return Optional.empty();
    }
    long length = opcode < Opcode.OP_PUSHDATA1 ? opcode : 0;
    for (int i = lengthBytes; i >= 1; i--) {
      length = length << 8 | script.at(at + i);
    }
    int from = at + 1 + lengthBytes;
    if (length > script.size() - from) {
      return Optional.empty();
    }
    at = from + (int) length;
    return Optional.of(new Operation(opcode, script.slice(from, at)));
  }

  /** All operations; empty if the script ends within one. */
  public static Optional<List<Operation>> all(Bytes script) {
    ScriptReader in = new ScriptReader(script);
    List<Operation> out = new ArrayList<>();
    Optional<Operation> next = in.next();
    while (next.isPresent()) {
      out.add(next.get());
      next = in.next();
    }
    return in.atEnd() ? Optional.of(out) : Optional.empty();
  }
}
