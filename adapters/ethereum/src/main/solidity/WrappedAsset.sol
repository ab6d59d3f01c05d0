// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title An asset of another chain, as ERC-20
/// @notice Minted and burned by the bridge that created it, and by nobody else.
contract WrappedAsset {
    /// @notice CAIP-19 text of the asset where it is at home.
    string public origin;
    string public name;
    string public symbol;
    uint8 public immutable decimals;
    address public immutable bridge;

    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error OnlyBridge();
    error BadReceiver(address receiver);
    error InsufficientBalance(address holder, uint256 balance, uint256 needed);
    error InsufficientAllowance(address spender, uint256 allowance, uint256 needed);

    constructor(string memory origin_, string memory name_, string memory symbol_, uint8 decimals_) {
        origin = origin_;
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
        bridge = msg.sender;
    }

    modifier onlyBridge() {
        if (msg.sender != bridge) revert OnlyBridge();
        _;
    }

    function mint(address to, uint256 value) external onlyBridge {
        if (!_mayReceive(to)) revert BadReceiver(to);
        totalSupply += value;
        // cannot overflow: a balance is never more than the supply
        unchecked {
            balanceOf[to] += value;
        }
        emit Transfer(address(0), to, value);
    }

    function burn(address from, uint256 value) external onlyBridge {
        _take(from, value);
        unchecked {
            totalSupply -= value;
        }
        emit Transfer(from, address(0), value);
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) {
            if (allowed < value) revert InsufficientAllowance(msg.sender, allowed, value);
            unchecked {
                allowance[from][msg.sender] = allowed - value;
            }
        }
        _move(from, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    /// @notice Whether tokens can be sent to `to`: not to nobody, and not to contracts that could never give them back.
    function _mayReceive(address to) private view returns (bool) {
        return to != address(0) && to != address(this) && to != bridge;
    }

    function _move(address from, address to, uint256 value) private {
        if (!_mayReceive(to)) revert BadReceiver(to);
        _take(from, value);
        unchecked {
            balanceOf[to] += value;
        }
        emit Transfer(from, to, value);
    }

    function _take(address from, uint256 value) private {
        uint256 balance = balanceOf[from];
        if (balance < value) revert InsufficientBalance(from, balance, value);
        unchecked {
            balanceOf[from] = balance - value;
        }
    }
}
