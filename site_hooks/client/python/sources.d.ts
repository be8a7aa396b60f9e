// A program for Python, as the bundler takes it in: its text.
declare module "*.py" {
  const text: string;
  export default text;
}
