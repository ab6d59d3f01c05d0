package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import java.util.List;
import java.util.OptionalInt;

/**
 * What inner nodes of a tree look like.
 *
 * @param childOrder in which order the children are hashed: {@code childOrder[i]} is the branch at
 *     position i
 * @param childSize bytes that one child takes in the node
 * @param minPrefix fewest bytes before the first child
 * @param maxPrefix most bytes before the first child
 * @param emptyChild what stands for an absent child; empty where none is absent
 */
public record InnerSpec(
    List<Integer> childOrder,
    int childSize,
    int minPrefix,
    int maxPrefix,
    Bytes emptyChild,
    HashOp hash) {
  public InnerSpec {
    childOrder = List.copyOf(childOrder);
  }

  /** The branch, counted from the left in key order, that the operation's child is. */
  public OptionalInt branchOf(InnerOp op) {
    for (int branch = 0; branch < childOrder.size(); branch++) {
      if (isBranch(op, branch)) {
        return OptionalInt.of(branch);
      }
    }
    return OptionalInt.empty();
  }

  private boolean isBranch(InnerOp op, int branch) {
    int position = childOrder.indexOf(branch);
    if (position < 0) {
      return false;
    }
    int before = position * childSize;
    int after = (childOrder.size() - 1 - position) * childSize;
    return op.prefix().size() >= before + minPrefix
        && op.prefix().size() <= before + maxPrefix
        && op.suffix().size() == after;
  }

  /** Whether no other leaf is left of any on this path: leftmost, or beside empty children only. */
  public boolean isLeftmost(List<InnerOp> path) {
    return path.stream().allMatch(op -> isBranch(op, 0) || leftIsEmpty(op));
  }

  /** Whether no other leaf is right of any on this path. */
  public boolean isRightmost(List<InnerOp> path) {
    return path.stream().allMatch(op -> isBranch(op, childOrder.size() - 1) || rightIsEmpty(op));
  }

  /** Whether there are children left of the operation's child and all are empty. */
  public boolean leftIsEmpty(InnerOp op) {
    OptionalInt branch = branchOf(op);
    return branch.isPresent() && branch.getAsInt() > 0 && empty(op, 0, branch.getAsInt(), branch);
  }

  /** Whether there are children right of the operation's child and all are empty. */
  public boolean rightIsEmpty(InnerOp op) {
    OptionalInt branch = branchOf(op);
    int last = childOrder.size() - 1;
    return branch.isPresent()
        && branch.getAsInt() < last
        && empty(op, branch.getAsInt() + 1, last + 1, branch);
  }

  private boolean empty(InnerOp op, int from, int to, OptionalInt own) {
    if (emptyChild.size() != childSize) {
      return false;
    }
    int ownPosition = childOrder.indexOf(own.orElseThrow());
    for (int branch = from; branch < to; branch++) {
      int position = childOrder.indexOf(branch);
      if (position < 0 || !child(op, position, ownPosition).equals(emptyChild)) {
        return false;
      }
    }
    return true;
  }

  private Bytes child(InnerOp op, int position, int ownPosition) {
    if (position < ownPosition) {
      int start = op.prefix().size() - (ownPosition - position) * childSize;
      return op.prefix().slice(start, start + childSize);
    }
    int start = (position - ownPosition - 1) * childSize;
    return op.suffix().slice(start, start + childSize);
  }

  /**
   * Whether the leaf of {@code right} is the next one after that of {@code left}: above, the paths
   * are the same; where they part they go to neighbouring children; below, left keeps right and
   * right keeps left.
   */
  public boolean areNeighbours(List<InnerOp> left, List<InnerOp> right) {
    int l = left.size() - 1;
    int r = right.size() - 1;
    while (l >= 0 && r >= 0 && sameSides(left.get(l), right.get(r))) {
      l--;
      r--;
    }
    if (l < 0 || r < 0) {
      return false;
    }
    OptionalInt leftBranch = branchOf(left.get(l));
    OptionalInt rightBranch = branchOf(right.get(r));
    return leftBranch.isPresent()
        && rightBranch.isPresent()
        && rightBranch.getAsInt() == leftBranch.getAsInt() + 1
        && isRightmost(left.subList(0, l))
        && isLeftmost(right.subList(0, r));
  }

  private static boolean sameSides(InnerOp a, InnerOp b) {
    return a.prefix().equals(b.prefix()) && a.suffix().equals(b.suffix());
  }
}
