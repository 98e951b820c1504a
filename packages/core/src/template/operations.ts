import { MAX_TEXT, type Budget } from "./budget.ts";
import { dateTime, timeDelta } from "./date-time.ts";
import { formatPercent } from "./format-percent.ts";
import { printValue } from "./print-value.ts";
import { templateFault } from "./template-fault.ts";
import {
  float,
  isDict,
  isFloat,
  isKind,
  isList,
  itemsOf,
  numberOf,
  tuple,
  typeName,
  type DateTime,
  type Value,
} from "./template-value.ts";

/** `left operator right` for every operator but `and` and `or`. @throws MillraceError BAD_TEMPLATE when Python would refuse it. */
export function operate(operator: string, left: Value, right: Value, budget: Budget): Value {
  switch (operator) {
    case "==":
      return equals(left, right, budget);
    case "!=":
      return !equals(left, right, budget);
    case "<":
      return compare(left, right, budget) < 0;
    case "<=":
      return compare(left, right, budget) <= 0;
    case ">":
      return compare(left, right, budget) > 0;
    case ">=":
      return compare(left, right, budget) >= 0;
    case "in":
      return contains(right, left, budget);
    case "not in":
      return !contains(right, left, budget);
    case "~":
      return concatenate(printValue(left, budget), printValue(right, budget), budget);
    default:
      return calculate(operator, left, right, budget);
  }
}

/** `-value` and `+value`. */
export function negate(operator: string, value: Value): Value {
  const number = numberOf(value);
  const sign = operator === "-" ? -1 : 1;
  if (isKind(value, "timedelta")) return timeDelta(sign * value.micros);
  if (number === undefined) throw templateFault(`"${operator}" cannot be put before a ${typeName(value)}`);
  return isFloat(value) ? float(sign * number) : sign * number || 0;
}

/** `left == right` of Python: numbers by value, lists and dicts by content. */
export function equals(left: Value, right: Value, budget: Budget): boolean {
  budget.spend();
  if (left === right) return true;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined || b !== undefined) return a === b;
  if (isKind(left, "datetime") && isKind(right, "datetime"))
    return left.at === right.at && (left.zone === undefined) === (right.zone === undefined);
  if (isKind(left, "timedelta") && isKind(right, "timedelta")) return left.micros === right.micros;
  if (isDict(left) && isDict(right)) {
    return (
      left.size === right.size &&
      [...left].every(([key, item]) => right.has(key) && equals(item, right.get(key) as Value, budget))
    );
  }
  const [items, others] = [itemsOf(left), itemsOf(right)];
  if (items === undefined || others === undefined || isList(left) !== isList(right)) return false;
  return items.length === others.length && items.every((item, i) => equals(item, others[i], budget));
}

/** Negative, zero or positive as `left` sorts before, with or after `right`. @throws MillraceError BAD_TEMPLATE when they have no order. */
export function compare(left: Value, right: Value, budget: Budget): number {
  budget.spend();
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a - b;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  if (isKind(left, "timedelta") && isKind(right, "timedelta")) return left.micros - right.micros;
  if (isKind(left, "datetime") && isKind(right, "datetime")) {
    refuseMixed(left, right);
    return left.at - right.at;
  }
  const [items, others] = [itemsOf(left), itemsOf(right)];
  if (items === undefined || others === undefined)
    throw templateFault(`a ${typeName(left)} and a ${typeName(right)} have no order`);
  for (let i = 0; i < Math.min(items.length, others.length); i++) {
    const order = compare(items[i], others[i], budget);
    if (order !== 0) return order;
  }
  return items.length - others.length;
}

/** `value in container`. */
export function contains(container: Value, value: Value, budget: Budget): boolean {
  if (typeof container === "string") {
    if (typeof value !== "string") throw templateFault(`only text can be in a text, not a ${typeName(value)}`);
    budget.spendText(container.length);
    return container.includes(value);
  }
  if (isDict(container)) return container.has(value);
  const items = itemsOf(container);
  if (items === undefined) throw templateFault(`nothing can be "in" a ${typeName(container)}`);
  return items.some((item) => equals(item, value, budget));
}

/** Joins two texts, if the result is not too long. */
function concatenate(left: string, right: string, budget: Budget): string {
  budget.spendText(left.length + right.length);
  return left + right;
}

function calculate(operator: string, left: Value, right: Value, budget: Budget): Value {
  const result =
    calculateText(operator, left, right, budget) ??
    calculateNumber(operator, left, right) ??
    calculateTime(operator, left, right) ??
    addLists(operator, left, right, budget);
  if (result === undefined)
    throw templateFault(`"${operator}" cannot be used between a ${typeName(left)} and a ${typeName(right)}`);
  return result;
}

function calculateText(operator: string, left: Value, right: Value, budget: Budget): Value | undefined {
  if (typeof left === "string") {
    if (operator === "+" && typeof right === "string") return concatenate(left, right, budget);
    if (operator === "*" && typeof right === "number") return repeat(left, right, budget);
    if (operator === "%") return formatPercent(left, right, budget);
  }
  return typeof right === "string" && operator === "*" && typeof left === "number"
    ? repeat(right, left, budget)
    : undefined;
}

function repeat(text: string, times: number, budget: Budget): string {
  const count = Math.max(0, Math.min(times, MAX_TEXT + 1));
  budget.spendText(text.length * count);
  return text.repeat(count);
}

function calculateNumber(operator: string, left: Value, right: Value): Value | undefined {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) return undefined;
  if (["/", "//", "%"].includes(operator) && b === 0) throw templateFault("division by zero");
  if (operator === "/") return float(a / b);
  const result = arithmetic(operator, a, b);
  if (result === undefined) return undefined;
  if (isFloat(left) || isFloat(right) || (operator === "**" && b < 0)) return float(finite(result));
  if (!Number.isSafeInteger(result))
    throw templateFault(`${a} ${operator} ${b} is beyond the whole numbers that can be kept exactly`);
  return result || 0;
}

function arithmetic(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "//":
      return Math.floor(a / b);
    case "%":
      // The sign of Python's remainder is that of the divisor.
      return a - Math.floor(a / b) * b;
    case "**":
      return a ** b;
    default:
      return undefined;
  }
}

function finite(result: number): number {
  if (!Number.isFinite(result)) throw templateFault("the result is not a finite number");
  return result;
}

function calculateTime(operator: string, left: Value, right: Value): Value | undefined {
  const sign = operator === "+" ? 1 : operator === "-" ? -1 : 0;
  if (isKind(left, "datetime") && sign !== 0) {
    if (isKind(right, "timedelta"))
      return { ...dateTime(left.at + sign * right.micros, left.zone), isDate: left.isDate };
    if (isKind(right, "datetime") && sign === -1) {
      refuseMixed(left, right);
      return timeDelta(left.at - right.at);
    }
    return undefined;
  }
  if (isKind(left, "timedelta")) return calculateDelta(operator, left.micros, right);
  return isKind(right, "timedelta") && operator === "*" ? calculateDelta("*", right.micros, left) : undefined;
}

function calculateDelta(operator: string, micros: number, right: Value): Value | undefined {
  if (isKind(right, "datetime")) return operator === "+" ? calculateTime("+", right, timeDelta(micros)) : undefined;
  if (isKind(right, "timedelta")) {
    if (operator === "+" || operator === "-")
      return timeDelta(operator === "+" ? micros + right.micros : micros - right.micros);
    if (right.micros === 0) throw templateFault("division by zero");
    if (operator === "/") return float(micros / right.micros);
    return operator === "//" ? Math.floor(micros / right.micros) : undefined;
  }
  const number = numberOf(right);
  if (number === undefined) return undefined;
  if (operator === "*") return timeDelta(micros * number);
  if (operator !== "/" && operator !== "//") return undefined;
  if (number === 0) throw templateFault("division by zero");
  return timeDelta(operator === "/" ? micros / number : Math.floor(micros / number));
}

function refuseMixed(left: DateTime, right: DateTime): void {
  if (left.isDate !== right.isDate)
    throw templateFault("a date and a datetime cannot be compared; take .date() of the datetime");
  if ((left.zone === undefined) !== (right.zone === undefined)) {
    throw templateFault(
      "a datetime without a zone and one with a zone cannot be compared; give the first one a zone with .in_timezone()",
    );
  }
}

function addLists(operator: string, left: Value, right: Value, budget: Budget): Value | undefined {
  const [items, others] = [itemsOf(left), itemsOf(right)];
  if (operator !== "+" || items === undefined || others === undefined || isList(left) !== isList(right))
    return undefined;
  budget.spendItems(items.length + others.length);
  const sum = [...items, ...others];
  return isList(left) ? sum : tuple(sum);
}
